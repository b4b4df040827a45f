// R2: mean, SD and SE = s/√n over persons of each construct; a person's score (R1) is the mean of the
// answered items if enough are answered.
#include "common/report/plan_pattern.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

int64_t Invited(const SurveyCut& cut, const GroupKey& key, const ReportInput& input) {
  if (!cut.attributes.empty()) return 0;
  int64_t invited = 0;
  for (const auto& [site, count] : cut.wave->invited) {
    const SiteInfo* info = input.FindSite(site);
    if (!cut.keyed_by_site() || (info != nullptr && cut.PlaceOf(info->label) == key[0])) invited += count;
  }
  return invited;
}

ReportCell CorrectedMeanCell(const Moments& moments, double confidence, double correction) {
  ReportCell cell = MeanCell(moments, confidence);
  if (correction == 1 || !cell.se) return cell;
  const auto interval = MeanInterval(moments, confidence, correction);
  cell.se = *cell.se * correction;
  cell.low = interval->low;
  cell.high = interval->high;
  cell.method += ", finite population correction";
  return cell;
}

}  // namespace

absl::StatusOr<Report> ConstructMeanReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("construct-mean", input.thresholds);
  const auto cut = SelectCut(parameters, input, thresholds);
  if (!cut.ok()) return cut.status();
  const auto scales = SelectScales(parameters, *cut, thresholds);
  if (!scales.ok()) return scales.status();
  const bool corrected = NamedParameter(parameters, "fpc") == "1";

  Report report = StartSurveyReport("construct-mean", parameters, input, *cut, thresholds);
  report.estimator = "mean over persons of their scale scores; unweighted";
  report.thresholds.emplace_back("scale-answered-share", thresholds.scale_answered_share);
  const GroupScores groups = ScoreGroups(*cut, *cut->wave, input, *scales);
  const PlanPattern pattern(*cut, *cut->wave, input, *scales, groups);
  for (size_t s = 0; s < scales->size(); ++s) {
    const Scale& scale = (*scales)[s];
    std::map<GroupKey, Moments> means;
    for (const auto& [key, scores] : groups) means[key] = MeansOf(scores[s], scale);
    for (const auto& [key, hidden] : pattern.Hide(s)) {
      if (!cut->Shows(key)) continue;
      const double correction =
          corrected ? FinitePopulationCorrection(means[key].n, Invited(*cut, key, input)) : 1;
      report.rows.push_back(
          {cut->Describe(&scale, key),
           {{"mean", hidden ? ReportCell::Hidden(CellUnit::kNumber)
                            : CorrectedMeanCell(means[key], thresholds.confidence, correction)}}});
    }
  }
  if (corrected && !cut->attributes.empty()) {
    report.notes.push_back(
        "The number invited is known by site, not by attribute: no finite population "
        "correction was made.");
  }
  return report;
}

}  // namespace trellis
