// The lifecycle cell (field 0): whether a record is live, deleted, moved or erased.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/causal/context.h"
#include "common/causal/record_state.h"

namespace trellis {

enum class LifecycleMark : uint8_t {
  kLive = 1,     // written by a restore
  kDeleted = 2,  // with the context the deleter saw
  kMoved = 3,    // gone to another scope, with the context the mover saw; names no target
  kErased = 4,   // absorbing: every value is gone for good
};

// bytes := mark (kDeleted, kMoved: ncontext (writer n)*), varints.
struct Lifecycle {
  LifecycleMark mark = LifecycleMark::kLive;
  Context seen;  // only for kDeleted and kMoved
};
std::string EncodeLifecycle(const Lifecycle& lifecycle);
std::optional<Lifecycle> DecodeLifecycle(std::string_view bytes);

enum class Presence {
  kLive,
  kLiveDespiteDelete,  // somebody edited what somebody else deleted: shown whole, flagged
  kDeleted,
  kMoved,
  kMovedButChanged,  // somebody who did not know changed it here, or moved it too: kept, for a person to see
  kErased,
};
inline bool IsLive(Presence presence) {
  return presence == Presence::kLive || presence == Presence::kLiveDespiteDelete;
}

// Deleted iff there is a delete mark whose context covers every live sibling outside the lifecycle cell and
// no live mark stands concurrently beside it; an edit beats a delete. A moved mark beats both: what its
// writer took along stands elsewhere. Any erased mark: kErased.
Presence PresenceOf(const RecordState& state);

// Cells with a value that somebody who moved the record away had not seen, in key order; none if it was not
// moved.
std::vector<CellKey> ChangedSinceMove(const RecordState& state);

}  // namespace trellis
