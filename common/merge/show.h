// What people see of a state: one value per cell, chosen by the field's policy, and what is in conflict.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/causal/lifecycle.h"
#include "common/causal/record_state.h"
#include "common/record/cell_policy.h"

namespace trellis {

// The policy of a field number; unknown fields are registers.
using PolicyOfField = std::function<CellPolicy(uint32_t field)>;

struct CellConflict {
  CellKey key;
  std::vector<Sibling> siblings;  // the shown one first, then by descending effective stamp
};

struct ShownRecord {
  Presence presence = Presence::kLive;
  std::string message;                  // wire bytes: shown values in (field, element) order
  std::vector<CellConflict> conflicts;  // cells with more than one differing value, in key order
};

// The sibling that shows. REQUIRES: !cell.siblings.empty().
const Sibling& ShownSibling(const Cell& cell, CellPolicy policy);
// Whether the cell holds values a person must choose between: several, differing, and no policy that
// reconciles them.
bool InConflict(const Cell& cell, CellPolicy policy);
ShownRecord Show(const RecordState& state, const PolicyOfField& policy_of);

// Whether a record belongs on the list of conflicts: a cell in conflict, live despite a delete, or changed by
// somebody who did not know that it was moved.
bool NeedsAttention(const RecordState& state, const PolicyOfField& policy_of);

}  // namespace trellis
