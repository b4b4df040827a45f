// A cycle's metrics against their targets.
#pragma once

#include "common/report/report_input.h"
#include "common/report/report_parameters.h"

namespace trellis {

// One row per metric of the cycle: baseline, current value (the latest measurement, or read from the report
// the metric names), target, whether it is met, overdue checks.
std::vector<ReportRow> MetricRows(const CycleFact& cycle, const ReportParameters& parameters,
                                  const ReportInput& input, int64_t min_n);

// Whether a metric has reached its target, as text; hidden or missing where its value is.
ReportCell MetricStanding(const MetricFact& metric, const ReportParameters& parameters,
                          const ReportInput& input, int64_t min_n);

}  // namespace trellis
