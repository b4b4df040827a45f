// What a store keeps beside the state of a record, and other values that stand in its tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/causal/lineage.h"
#include "common/causal/record_state.h"
#include "common/record/hash.h"
#include "common/record/record_id.h"

namespace trellis {

// Order is urgency: a lower lane is sent before a higher one.
enum class Lane : uint8_t { kErasures = 0, kDefinitions = 1, kResponses = 2, kEdits = 3, kBulk = 4 };
inline constexpr int kLaneCount = 5;

// Where the last change of a record came from: it made the record equal to what peer epoch `epoch` holds at
// its seq `seq`. epoch 0: from here (self).
struct Origin {
  Epoch epoch = 0;
  uint64_t seq = 0;
  friend bool operator==(const Origin&, const Origin&) = default;
};

// A record as this store holds it: the merged state, and what is only local.
struct StoredRecord {
  RecordState state;
  Lane lane = Lane::kEdits;
  uint64_t seq = 0;  // of its live feed entry
  Origin origin;
  Hash128 version;  // VersionHash of `state`; its hex is the etag
  // The delta it can be sent as: base context and changed cells of the local writes since; nullopt: whole.
  struct LocalDelta {
    Context base;
    std::vector<CellKey> changed;  // sorted, unique
    // Where the record stood before the first of those writes: who has seen that holds the base, most likely.
    uint64_t base_seq = 0;
    Origin base_origin;
    friend bool operator==(const LocalDelta&, const LocalDelta&) = default;
  };
  std::optional<LocalDelta> delta;
  std::vector<Voucher> vouchers;  // at a site: what it can prove to its server (causal/voucher.h)
};

struct HistoryEntry {
  std::string actor;
  Stamp at;
  CellKey key;
  std::string before;  // wire bytes of the superseded value; empty: none
  std::string after;   // empty: removed
  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

// Cursors this store holds into a peer's feed: got[epoch, lane].
struct PeerCursor {
  Epoch epoch = 0;
  Lane lane = Lane::kEdits;
  uint64_t seq = 0;
  // Highest seq the peer's scope had in any frame or head taken in that epoch: a peer rewound below it may
  // hold records in places the cursor has passed for later ones.
  uint64_t seen = 0;
  friend bool operator==(const PeerCursor&, const PeerCursor&) = default;
};

// Why something was not taken. Numbers stand in rows.
enum class SetAsideCause : uint8_t {
  kRefused = 0,      // the sender may not write such records
  kMalformed = 1,    // no state at all: out of order, not covered by its own context
  kTooMany = 2,      // more concurrent values in a field than any number of stores could have written
  kOtherKind = 3,    // the id stands for a record of another kind here
  kCollision = 4,    // one write, two contents
  kForged = 5,       // names writes of others that the server never saw and has no voucher for
  kNewerSchema = 6,  // of a kind this program does not know yet
  kUnreadable = 7,   // a frame that could not be read or stored, time after time
};

// An item that could not be merged, whole, with why.
struct SetAsideItem {
  std::string peer;
  std::string reason;  // plain words
  SetAsideCause cause = SetAsideCause::kRefused;
  bool held = false;  // stays until a person decides, whatever later states cover
  Delta delta;        // of an unreadable frame only its id: a hash of `frame`
  std::string frame;  // the body as it came, of an unreadable frame
};

}  // namespace trellis
