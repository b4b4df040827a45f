// What happens to a session, and what it asks to be done.
//
// The driver's contract, after the manner of etcd's raft: effects are performed in order; an effect that has
// a result (named at each) is answered by exactly that event; results are stepped in the order of their
// effects, and all of them before the next event from outside (Started, Received, Committed, Ticked). So
// `Send` of an Ack always comes after the durable apply it speaks of.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "common/causal/lineage.h"
#include "common/session/messages.h"

namespace trellis::session {

// Lanes of a feed, in order of urgency.
inline constexpr uint8_t kLanes = 5;

// ---- effects ----

// Makes each scope's lineage row durable and reads how it stands -> ScopesOpened.
struct OpenScopes {
  std::vector<std::string> scopes;
};
struct Send {
  SyncMessage message;
};
// The next frame of a lane -> FrameBuilt. Entries whose origin lies in `peer_lineage` are left out.
struct BuildFrame {
  std::string scope;
  uint8_t lane = 0;
  uint64_t after = 0;
  const Lineage* peer_lineage = nullptr;  // valid until the next Step
  size_t target_bytes = 0;                // of the body as sent: what it aims at
  size_t limit_bytes = 0;                 // and never exceeds, one item aside (and that only if `alone`)
  bool alone = false;                     // nothing else is unacknowledged
  std::vector<RecordId> whole;
  std::array<uint64_t, kLanes> sent{};  // by lane: entries up to here were sent or left out
  uint64_t until = UINT64_MAX;          // entries above it are not wanted
};
// -> FrameApplied
struct ApplyFrame {
  Frame frame;
  uint64_t cursor_floor = 0;  // the cursor, if none is stored for the frame's epoch and lane
};
// All lanes' cursors of the peer's epoch move to seq; durable. No result.
struct AdvanceCursors {
  std::string scope;
  Epoch epoch = 0;
  uint64_t seq = 0;
};
// Sequence, count and digest of one moment -> HeadRead. Own set-aside ids and `also_without` are left out of
// the digest.
struct ReadHead {
  std::string scope;
  std::vector<RecordId> also_without;
};
// -> BucketsRead
struct ReadBuckets {
  std::string scope;
};
// -> VersionsRead
struct ReadVersions {
  std::string scope;
  uint32_t bucket = 0;
};
// Whole states of as many of the ids, from the first on, as fit (at least one) -> RepairBuilt.
struct BuildRepair {
  std::string scope;
  std::vector<RecordId> ids;
  size_t target_bytes = 0;
};
// -> RepairApplied
struct ApplyRepair {
  Repair repair;
};
// Digests were compared at a valid cut. No result.
struct Verdict {
  std::string scope;
  bool equal = false;
  // The cut.
  Epoch epoch = 0;
  uint64_t seq = 0;
  Epoch peer_epoch = 0;
  uint64_t peer_seq = 0;
  uint64_t records = 0;
  Hash128 digest;
  uint64_t left_out = 0;  // ids set aside at either end
};
// No result.
struct KeepReceipt {
  Receipt receipt;
};
// The peer holds the scope's feed of the present epoch up to seq; a guess for the next session. No result.
struct RememberPushed {
  std::string scope;
  Epoch epoch = 0;
  uint64_t seq = 0;
};
// The session is over; nothing follows.
struct Close {
  std::string reason;
  uint32_t retry_after_ms = 0;
  bool fatal = false;
};

using Effect =
    std::variant<OpenScopes, Send, BuildFrame, ApplyFrame, AdvanceCursors, ReadHead, ReadBuckets,
                 ReadVersions, BuildRepair, ApplyRepair, Verdict, KeepReceipt, RememberPushed, Close>;
using Effects = std::vector<Effect>;

// ---- events ----

struct Started {};
struct Received {
  SyncMessage message;
};
// The scope changed by other hands than this session's.
struct Committed {
  std::string scope;
};
struct Ticked {
  int64_t steady_ms = 0;
};

struct ScopesOpened {
  std::vector<ScopeOpening> openings;  // in the order asked
};
struct FrameBuilt {
  std::string scope;
  uint8_t lane = 0;
  Epoch epoch = 0;
  uint64_t hi = 0;
  bool lane_end = false;
  uint32_t items = 0;      // 0: every entry up to hi was left out
  bool held_back = false;  // its one item is too large beside what is unacknowledged: nothing was built
  std::string body;
  uint64_t head = 0;      // the scope's seq when it was built
  bool complete = false;  // it ends its lane, and no other lane holds an entry above what `sent` said of it
};
struct FrameApplied {
  std::string scope;
  uint8_t lane = 0;
  uint64_t number = 0;
  uint64_t cursor = 0;
  std::vector<RecordId> nacks;
  std::vector<SetAsideNotice> set_aside;
  bool changed = false;
  uint32_t retry_after_ms = 0;  // not 0: could not be stored now
};
struct HeadRead {
  std::string scope;
  uint64_t seq = 0;
  uint64_t records = 0;
  Hash128 digest;
  std::vector<RecordId> set_aside;  // own, sorted
};
struct BucketsRead {
  std::string scope;
  std::vector<Narrow::Bucket> buckets;
};
struct VersionsRead {
  std::string scope;
  uint32_t bucket = 0;
  std::vector<Versions::Entry> entries;
};
struct RepairBuilt {
  std::string scope;
  size_t taken = 0;  // of the ids asked
  std::string body;  // empty: none of those taken is held
};
struct RepairApplied {
  std::string scope;
  uint64_t number = 0;
  bool changed = false;
};
// An effect could not be performed; the session ends.
struct Failed {
  std::string reason;
  uint32_t retry_after_ms = 0;
  bool fatal = false;
};

using Event = std::variant<Started, Received, Committed, Ticked, ScopesOpened, FrameBuilt, FrameApplied,
                           HeadRead, BucketsRead, VersionsRead, RepairBuilt, RepairApplied, Failed>;

}  // namespace trellis::session
