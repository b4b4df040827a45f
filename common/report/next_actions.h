// What the needs of a cycle suggest to do next: learning from the catalog that fits, and a school to visit.
#pragma once

#include <vector>

#include "common/report/report.h"
#include "common/report/report_input.h"
#include "common/report/report_parameters.h"

namespace trellis {

// One row for each ranked need, most needed first: learning that fits it and is not over; where sites are
// shown one by one, for each school whose percent favorable is below the district's the most similar school
// that improved. `ranking` is the need ranking (R9), `wave` the one it is of. Only shown cells are looked at.
std::vector<ReportRow> SuggestedActions(const Report& ranking, const WaveDefinition& wave,
                                        const ReportParameters& parameters, const ReportInput& input);

}  // namespace trellis
