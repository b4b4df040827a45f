// What a change of a record superseded.
#pragma once

#include <string>
#include <vector>

#include "common/causal/record_state.h"
#include "common/tables/stored_record.h"

namespace trellis {

// One entry for each value that was live in `before` and is not in `after`, and for each field that had none
// and has one now. A concurrent value that joined others superseded nothing. `actor` and `at` stand for who
// took a value out: that leaves no sibling to tell.
std::vector<HistoryEntry> HistoryBetween(const RecordState& before, const RecordState& after,
                                         const std::string& actor, const Stamp& at);

}  // namespace trellis
