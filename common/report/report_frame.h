// What every report says besides its rows.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "common/report/report.h"
#include "common/report/report_parameters.h"
#include "common/report/survey_cut.h"

namespace trellis {

// A report with its name, number, title, the parameters common to all, and the data cut of the sites it
// covers.
Report StartReport(std::string_view slug, const ReportParameters& parameters, const ReportInput& input);

// The same for a survey report: survey and wave by code, min n and confidence.
Report StartSurveyReport(std::string_view slug, const ReportParameters& parameters, const ReportInput& input,
                         const SurveyCut& cut, const ReportThresholds& thresholds);

// A named parameter, empty if it was not given.
std::string NamedParameter(const ReportParameters& parameters, const std::string& name);

// The scales that `construct` (comma-separated), `item` or `level=item` of the parameters ask for.
absl::StatusOr<std::vector<Scale>> SelectScales(const ReportParameters& parameters, const SurveyCut& cut,
                                                const ReportThresholds& thresholds,
                                                const std::set<std::string>& excluded_items = {});

// A mean over persons, its interval by t.
ReportCell MeanCell(const Moments& moments, double confidence);
// A proportion with its Wilson interval; `n` persons stand behind it.
ReportCell ProportionCell(int64_t numerator, int64_t denominator, int64_t n, double confidence);

// Splits at commas; no empty parts.
std::vector<std::string> SplitList(std::string_view text);

}  // namespace trellis
