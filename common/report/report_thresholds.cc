#include "common/report/report_thresholds.h"

#include <algorithm>

namespace trellis {
namespace {

struct Known {
  std::string_view code;
  double ReportThresholds::*value;
  double least;
  double most;
  bool fraction;
};

constexpr Known kKnown[] = {
    {"min-n-staff", &ReportThresholds::min_n_staff, ReportThresholds::kLeastMinN, 1000, false},
    {"min-n-public", &ReportThresholds::min_n_public, ReportThresholds::kLeastMinN, 1000, false},
    {"confidence", &ReportThresholds::confidence, 0.5, 0.9999, true},
    {"favorable-top", &ReportThresholds::favorable_top, 1, 100, false},
    {"favorable-options", &ReportThresholds::favorable_options, 2, 120, false},
    {"scale-answered-share", &ReportThresholds::scale_answered_share, 0, 1, true},
    {"response-rate-target", &ReportThresholds::response_rate_target, 0, 1, true},
    {"need-weight-favorable", &ReportThresholds::need_weight_favorable, 0, 1, true},
    {"need-weight-gap", &ReportThresholds::need_weight_gap, 0, 1, true},
    {"need-weight-decline", &ReportThresholds::need_weight_decline, 0, 1, true},
    {"need-weight-importance", &ReportThresholds::need_weight_importance, 0, 1, true},
    {"aggregation-icc1", &ReportThresholds::aggregation_icc1, 0, 1, true},
    {"aggregation-icc2", &ReportThresholds::aggregation_icc2, 0, 1, true},
    {"aggregation-rwg", &ReportThresholds::aggregation_rwg, 0, 1, true},
    {"reliability-alpha", &ReportThresholds::reliability_alpha, 0, 1, true},
    {"uptake-observations", &ReportThresholds::uptake_observations, 1, 100, false},
    {"workday-hours", &ReportThresholds::workday_hours, 1, 24, false},
    {"response-days", &ReportThresholds::response_days, 0, 100, false},
    {"readiness-target", &ReportThresholds::readiness_target, 0, 1, true},
    {"readiness-floor", &ReportThresholds::readiness_floor, 0, 1, true},
    {"readiness-least-response", &ReportThresholds::readiness_least_response, 0, 1, true},
    {"evidence-sources", &ReportThresholds::evidence_sources, 1, 100, false},
    {"evidence-balance", &ReportThresholds::evidence_balance, 0, 1, true},
};

bool Names(const ThresholdOverride& override, std::string_view report) {
  return override.reports.empty() ||
         std::find(override.reports.begin(), override.reports.end(), report) != override.reports.end();
}

}  // namespace

ReportThresholds ReportThresholds::For(std::string_view report,
                                       std::span<const ThresholdOverride> overrides) {
  ReportThresholds thresholds;
  for (const ThresholdOverride& override : overrides) {
    for (const Known& known : kKnown) {
      if (known.code != override.code || !Names(override, report)) continue;
      const double value =
          known.fraction && override.unit == "percent" ? override.value / 100 : override.value;
      if (value >= known.least && value <= known.most) thresholds.*known.value = value;
    }
  }
  return thresholds;
}

}  // namespace trellis
