// R25: whether persons' scores may be put together as their school's. ICC(1) = (MSB−MSW)/(MSB+(n̄−1)MSW) with
// the arithmetic n̄, and with n₀ = (N−Σn²/N)/(G−1); ICC(2) = (MSB−MSW)/MSB; F of the groups; rwg(j) by group
// (formulas in agreement.h; as R's package multilevel, Bliese 2022).
#include "common/report/group_agreement.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

std::vector<std::pair<std::string, ReportCell>> OverallCells(const ConstructAgreement& agreement) {
  const std::vector<std::string> names{"icc1",     "icc1n0",       "icc2",     "f",
                                       "meanSize", "adjustedSize", "medianRwg"};
  std::vector<std::pair<std::string, ReportCell>> cells;
  if (agreement.hidden || !agreement.variance) {
    for (const std::string& name : names) {
      cells.emplace_back(name, agreement.hidden ? ReportCell::Hidden(CellUnit::kNumber)
                                                : ReportCell::Missing(CellUnit::kNumber));
    }
    return cells;
  }
  const GroupVariance& variance = *agreement.variance;
  const auto groups = static_cast<double>(variance.groups);
  const auto cell = [&](double value, const char* method) {
    return ReportCell{.value = value, .n = variance.persons, .method = method};
  };
  ReportCell f = cell(variance.f, "F(groups − 1, persons − groups)");
  f.numerator = variance.between;
  f.denominator = variance.within;
  f.statistic = variance.f;
  f.df = groups - 1;
  f.p = variance.p;
  ReportCell median = ReportCell::Missing(CellUnit::kNumber);
  if (agreement.median_rwg) median = cell(*agreement.median_rwg, "median of the groups' rwg(j)");
  return {{"icc1", cell(variance.Icc1(variance.mean_size), "ICC(1), arithmetic mean size")},
          {"icc1n0", cell(variance.Icc1(variance.adjusted_size), "ICC(1), size n0")},
          {"icc2", cell(variance.Icc2(), "ICC(2)")},
          {"f", f},
          {"meanSize", cell(variance.mean_size, "persons divided by groups")},
          {"adjustedSize", cell(variance.adjusted_size, "(N − Σn²/N)/(G−1)")},
          {"medianRwg", median}};
}

}  // namespace

absl::StatusOr<Report> AggregationReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("aggregation", input.thresholds);
  ReportParameters by_group = parameters;
  if (by_group.by.empty()) by_group.by = {"site"};
  const auto cut = SelectCut(by_group, input, thresholds);
  if (!cut.ok()) return cut.status();
  const auto scales = SelectScales(parameters, *cut, thresholds);
  if (!scales.ok()) return scales.status();
  Report report = StartSurveyReport("aggregation", parameters, input, *cut, thresholds);
  report.estimator =
      "one-way analysis of variance of persons' scale scores, every group included; rwg(j) over persons who "
      "answered all items";
  for (const Scale& scale : *scales) {
    const ConstructAgreement agreement = AgreementOf(*cut, input, scale);
    report.rows.push_back({{{"construct", scale.code}}, OverallCells(agreement)});
    for (const auto& [key, group] : agreement.groups) {
      if (!cut->Shows(key)) continue;
      report.rows.push_back({cut->Describe(&scale, key), GroupAgreementCells(group, thresholds.confidence)});
    }
  }
  return report;
}

}  // namespace trellis
