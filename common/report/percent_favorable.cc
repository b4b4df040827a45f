// R4: favorable answers ÷ valid answers of each construct, Wilson interval; or, on request, the mean of each
// person's share of favorable answers, t interval.
#include "common/report/plan_pattern.h"
#include "common/report/proportions.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

ReportCell FavorableCell(const ScaleScores& scores, const Scale& scale, bool by_person, double confidence) {
  if (!scale.has_favorable()) return ReportCell::NotApplicable(CellUnit::kProportion);
  const int64_t persons = scores.favorable.Persons(1);
  const auto [favorable, answers] = FavorableOf(scores);
  if (!by_person) return ProportionCell(favorable, answers, persons, confidence);
  ReportCell cell = MeanCell(scores.favorable.PersonMeans(1), confidence);
  cell.unit = CellUnit::kProportion;
  if (!cell.method.empty()) cell.method = "mean of persons' shares, t interval";
  return cell;
}

}  // namespace

absl::StatusOr<Report> PercentFavorableReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("percent-favorable", input.thresholds);
  const auto cut = SelectCut(parameters, input, thresholds);
  if (!cut.ok()) return cut.status();
  const auto scales = SelectScales(parameters, *cut, thresholds);
  if (!scales.ok()) return scales.status();
  const std::string estimator = NamedParameter(parameters, "estimator");
  if (!estimator.empty() && estimator != "pooled" && estimator != "person") {
    return absl::InvalidArgumentError("estimator is pooled or person");
  }
  const bool by_person = estimator == "person";

  Report report = StartSurveyReport("percent-favorable", parameters, input, *cut, thresholds);
  report.estimator = by_person ? "mean over persons of their share of favorable answers"
                               : "favorable answers divided by valid answers, pooled over items and persons";
  report.thresholds.emplace_back("favorable-top", thresholds.favorable_top);
  report.thresholds.emplace_back("favorable-options", thresholds.favorable_options);
  const GroupScores groups = ScoreGroups(*cut, *cut->wave, input, *scales);
  const PlanPattern pattern(*cut, *cut->wave, input, *scales, groups);
  for (size_t s = 0; s < scales->size(); ++s) {
    const Scale& scale = (*scales)[s];
    for (const auto& [key, hidden] : pattern.HideProportions(s)) {
      if (!cut->Shows(key)) continue;
      report.rows.push_back({cut->Describe(&scale, key),
                             {{"favorable", hidden ? ReportCell::Hidden(CellUnit::kProportion)
                                                   : FavorableCell(groups.at(key)[s], scale, by_person,
                                                                   thresholds.confidence)}}});
    }
    if (!scale.has_favorable()) {
      report.notes.push_back(scale.code +
                             ": no choice is marked favorable and its scale has no usual top; "
                             "mark the favorable choices in the survey.");
    }
  }
  return report;
}

}  // namespace trellis
