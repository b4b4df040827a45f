// What the two ends of a sync session say to each other. Plain values; wire translates them to protos.
// The ladders stand in README.md. Frames carry their records as opaque bytes: a session never looks inside.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "common/causal/lineage.h"
#include "common/record/hash.h"
#include "common/record/record_id.h"

namespace trellis {

// 2: an acknowledgement answers every frame before it, frames and acknowledgements are folded
// (common/wire/README.md), heads are said when it is quiet. 1 was in no release and is not spoken any more.
inline constexpr uint32_t kSyncProtocolVersion = 2;
inline constexpr uint32_t kOldestSyncProtocolVersion = 2;

// The receiver's durable progress in a sender's feed.
struct LaneCursor {
  Epoch epoch = 0;
  uint8_t lane = 0;
  uint64_t seq = 0;
  // Highest seq the sender's scope had in any frame or AtHead taken in that epoch, over all lanes.
  uint64_t seen = 0;
  friend bool operator==(const LaneCursor&, const LaneCursor&) = default;
};

// One end's side of a scope, as of opening.
struct ScopeOpening {
  std::string scope;
  std::vector<LineageRow> lineage;  // newest 64 rows, oldest first; the last is the present epoch
  uint64_t head = 0;                // highest seq allocated
  std::vector<LaneCursor> cursors;  // what I hold of your feed
  std::vector<LaneCursor> guessed;  // what I believe you hold of mine (the first frames start there)
  bool reconcile = false;           // my cursors are void (rescue): compare digests, send whole
  friend bool operator==(const ScopeOpening&, const ScopeOpening&) = default;
};

struct Hello {
  uint32_t protocol = kSyncProtocolVersion;
  uint32_t oldest_protocol = kOldestSyncProtocolVersion;
  std::string software;  // name and version, for people
  std::string store;     // the store's name for itself, for people
  uint64_t boot = 0;     // epoch of the opening: (certificate, epoch) fences
  int64_t wall_ms = 0;
  uint64_t credit_bytes = 0;           // how much unacknowledged I take
  std::vector<uint64_t> dictionaries;  // compression dictionaries known, by hash
  std::vector<ScopeOpening> scopes;
  friend bool operator==(const Hello&, const Hello&) = default;
};

struct Welcome {
  uint32_t protocol = kSyncProtocolVersion;
  std::string software;
  std::string store;
  uint64_t boot = 0;
  int64_t wall_ms = 0;
  uint64_t credit_bytes = 0;
  uint64_t dictionary = 0;            // chosen; 0: none
  int64_t durability_horizon_ms = 0;  // how far the oldest restorable backup reaches; 0: no backup
  uint32_t retry_after_ms = 0;        // not 0: not admitted now, come back
  std::vector<std::string> notices;   // for people
  std::vector<ScopeOpening> scopes;   // the scopes admitted; others are refused
  friend bool operator==(const Welcome&, const Welcome&) = default;
};

struct Frame {
  std::string scope;
  uint8_t lane = 0;
  Epoch epoch = 0;
  uint64_t prev = 0;
  uint64_t hi = 0;
  bool lane_end = false;  // hi is the scope's seq: nothing more in this lane
  uint32_t items = 0;
  uint64_t number = 0;    // counts a sender's frames in this session from 1
  std::string body;       // wire::EncodeFrameBody
  uint64_t head = 0;      // the scope's seq when it was built
  bool complete = false;  // no other lane held anything up to hi that was not sent
  friend bool operator==(const Frame&, const Frame&) = default;
};

struct SetAsideNotice {
  RecordId id;
  std::string reason;
  friend bool operator==(const SetAsideNotice&, const SetAsideNotice&) = default;
};

// Answers a frame, and every one before it not answered yet: those moved their lane's cursor to their `hi`.
struct Ack {
  uint64_t number = 0;  // of the frame
  std::string scope;
  uint8_t lane = 0;
  Epoch epoch = 0;
  uint64_t cursor = 0;          // durable at the receiver
  std::vector<RecordId> nacks;  // not empty: nothing was applied; send these whole
  std::vector<SetAsideNotice> set_aside;
  // What the receiver held at this time is in a verified backup as well; 0: nothing newer than told before.
  uint64_t backed_up_to_ms = 0;
  uint32_t retry_after_ms = 0;  // not 0: not stored (disk full); try again later
  friend bool operator==(const Ack&, const Ack&) = default;
};

struct AtHead {
  std::string scope;
  Epoch epoch = 0;
  uint64_t seq = 0;          // my scope's seq
  bool complete = false;     // every lane was told up to seq: your cursors move there; else only to compare
  uint64_t your_cursor = 0;  // how far I hold your present epoch's feed, over all lanes (the least)
  uint64_t records = 0;
  Hash128 digest;                   // of everything but the ids set aside by me, and by you as far as I heard
  std::vector<RecordId> set_aside;  // ids I set aside, sorted
  Hash128 heard;                    // sum of the ids of yours that I left out of `digest`
  friend bool operator==(const AtHead&, const AtHead&) = default;
};

// Repair: digests differed. Buckets of mine, then versions in the buckets that differ, then whole states.
struct Narrow {
  struct Bucket {
    uint32_t bucket = 0;
    uint64_t records = 0;
    Hash128 digest;
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };
  std::string scope;
  std::vector<Bucket> buckets;
  friend bool operator==(const Narrow&, const Narrow&) = default;
};

// A Versions from the server with this bucket: every bucket that differed has been gone through.
inline constexpr uint32_t kNoMoreBuckets = UINT32_MAX;

struct Versions {
  struct Entry {
    RecordId id;
    Hash128 version;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::string scope;
  uint32_t bucket = 0;
  std::vector<Entry> entries;
  bool reply = false;  // answers the other's Versions; is not answered again
  friend bool operator==(const Versions&, const Versions&) = default;
};

// Whole states that move no cursor.
struct Repair {
  std::string scope;
  std::string body;
  uint64_t number = 0;
  friend bool operator==(const Repair&, const Repair&) = default;
};

struct RepairAck {
  uint64_t number = 0;
  std::string scope;
  friend bool operator==(const RepairAck&, const RepairAck&) = default;
};

// From the server, after digests were compared equal: what was, signed by the district. Kept by both ends; a
// session only carries it.
struct Receipt {
  std::string scope;
  std::string statement;  // exchange/receipt.h
  std::string signature;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

struct Bye {
  std::string reason;  // plain words
  uint32_t retry_after_ms = 0;
  bool fatal = false;  // coming back unchanged will not help (protocol, refused)
  friend bool operator==(const Bye&, const Bye&) = default;
};

using SyncMessage =
    std::variant<Hello, Welcome, Frame, Ack, AtHead, Narrow, Versions, Repair, RepairAck, Bye, Receipt>;

}  // namespace trellis
