// Columns = recomputation: the view that followed the feed says what one made from the records would say.
#pragma once

#include <string>

#include "common/report/report_input.h"
#include "tests/simulation/world/checks.h"

namespace trellis::simulation {

// What reports would read, as text: rows by id, answers by question, attributes by name.
std::string TextOf(const ReportInput& input);

// A store whose process knows no kinds has no view, and nothing to compare.
Verdict CheckColumns(World* world, int store);

}  // namespace trellis::simulation
