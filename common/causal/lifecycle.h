// The lifecycle cell (field 0): whether a record is live, deleted, moved or erased.
#pragma once

#include <optional>
#include <string>

#include "common/causal/context.h"
#include "common/causal/record_state.h"

namespace trellis {

enum class LifecycleMark : uint8_t {
  kLive = 1,     // written by a restore
  kDeleted = 2,  // with the context the deleter saw
  kMoved = 3,    // gone to another scope; names no target
  kErased = 4,   // absorbing: every value is gone for good
};

// bytes := mark (kDeleted: ncontext (writer n)*), varints.
struct Lifecycle {
  LifecycleMark mark = LifecycleMark::kLive;
  Context seen;  // only for kDeleted
};
std::string EncodeLifecycle(const Lifecycle& lifecycle);
std::optional<Lifecycle> DecodeLifecycle(std::string_view bytes);

enum class Presence {
  kLive,
  kLiveDespiteDelete,  // somebody edited what somebody else deleted: shown whole, flagged
  kDeleted,
  kMoved,
  kErased,
};

// Deleted iff there is a delete mark whose context covers every live sibling outside the lifecycle cell and
// no live mark stands concurrently beside it; an edit beats a delete. Any erased mark: kErased.
Presence PresenceOf(const RecordState& state);

}  // namespace trellis
