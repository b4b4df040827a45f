// Merge: the join of two states of a record. The algebra stands in README.md. Pure: reads no policy, no
// clock, no schema, and drops nothing for being too many.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "common/causal/record_state.h"

namespace trellis {

enum class MergeProblem {
  kNone,
  kBaseNotCovered,   // the delta starts from writes this state does not know: ask for the whole state
  kKindDiffers,      // two kinds under one id
  kDotCollision,     // one dot with two contents
  kTooManySiblings,  // the incoming cell has more than kMaxSiblings values
  kMalformed,        // cells unsorted, siblings unsorted, a sibling its own context does not cover …
};

struct MergeResult {
  MergeProblem problem = MergeProblem::kNone;
  std::string detail;    // plain words for a person, empty when there is no problem
  bool changed = false;  // the state differs from what it was
};

// An incoming state with more values in one cell than this is set aside whole, with an alarm.
inline constexpr size_t kMaxSiblings = 64;

// Joins `delta` into `*state`. On any problem `*state` is untouched.
//   Join(s, whole(t)) is commutative, associative and idempotent in s and t;
//   Join(s, delta) = Join(s, whole(t)) for every delta of t whose base s covers.
MergeResult MergeDelta(const Delta& delta, RecordState* state);

// The delta of `state` since `base`, carrying the cells in `changed` (sorted, unique).
// REQUIRES: every write in state.context outside base touched only cells in `changed`.
Delta DeltaSince(const RecordId& id, const RecordState& state, const Context& base,
                 const std::vector<CellKey>& changed, const Hash128& version);

}  // namespace trellis
