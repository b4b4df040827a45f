// R8: per group n, mean and percent favorable; gap to the rest (group − everybody else) with interval: Welch
// for means, Newcombe for proportions; Cohen's d; Holm over the shown Welch p-values of a table and
// construct.
#include <fmt/format.h>

#include <algorithm>

#include "common/report/plan_pattern.h"
#include "common/report/proportions.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

// All the others' scores: of the same site where one is chosen.
ScaleScores RestOf(const GroupScores& groups, const SurveyCut& cut, const GroupKey& key, size_t scale) {
  ScaleScores rest;
  for (const auto& [other, scores] : groups) {
    if (other == key || (cut.site != nullptr && !cut.by_site && other[0] != key[0])) continue;
    rest.scores.Add(scores[scale].scores);
    rest.favorable.Add(scores[scale].favorable);
  }
  return rest;
}

ReportCell GapCell(const std::optional<TestResult>& test, const Moments& group, const Moments& rest,
                   double confidence) {
  if (group.n == 0 || rest.n == 0) return ReportCell::Missing(CellUnit::kNumber);
  ReportCell cell{.value = group.mean - rest.mean, .method = "Welch"};
  if (!test) return cell;
  cell.se = test->standard_error;
  cell.low = test->interval.low;
  cell.high = test->interval.high;
  cell.confidence = confidence;
  cell.statistic = test->t;
  cell.df = test->df;
  cell.p = test->p;
  return cell;
}

ReportCell FavorableGapCell(const std::pair<int64_t, int64_t>& group, const std::pair<int64_t, int64_t>& rest,
                            double confidence) {
  const auto difference =
      NewcombeDifference({static_cast<double>(group.first), static_cast<double>(group.second)},
                         {static_cast<double>(rest.first), static_cast<double>(rest.second)}, confidence);
  if (!difference) return ReportCell::Missing(CellUnit::kProportion);
  return {.unit = CellUnit::kProportion,
          .value = difference->difference,
          .low = difference->interval.low,
          .high = difference->interval.high,
          .confidence = confidence,
          .method = "Newcombe"};
}

std::vector<std::pair<std::string, ReportCell>> GroupCells(const ScaleScores& scores, const ScaleScores& rest,
                                                           const Scale& scale, double confidence) {
  const Moments mean = MeansOf(scores, scale);
  const Moments rest_mean = MeansOf(rest, scale);
  const auto [favorable, answers] = FavorableOf(scores);
  const ReportCell undefined = ReportCell::NotApplicable(CellUnit::kProportion);
  const auto effect = CohenD(mean, rest_mean);
  return {{"mean", MeanCell(mean, confidence)},
          {"favorable", scale.has_favorable()
                            ? ProportionCell(favorable, answers, scores.favorable.Persons(1), confidence)
                            : undefined},
          {"gap", GapCell(WelchTest(mean, rest_mean, confidence), mean, rest_mean, confidence)},
          {"favorableGap", scale.has_favorable()
                               ? FavorableGapCell({favorable, answers}, FavorableOf(rest), confidence)
                               : undefined},
          {"effect", effect ? ReportCell{.value = effect, .method = "Cohen's d, pooled SD"}
                            : ReportCell::Missing(CellUnit::kNumber)}};
}

std::vector<std::pair<std::string, ReportCell>> HiddenCells() {
  return {{"mean", ReportCell::Hidden(CellUnit::kNumber)},
          {"favorable", ReportCell::Hidden(CellUnit::kProportion)},
          {"gap", ReportCell::Hidden(CellUnit::kNumber)},
          {"favorableGap", ReportCell::Hidden(CellUnit::kProportion)},
          {"effect", ReportCell::Hidden(CellUnit::kNumber)}};
}

void AdjustGaps(std::vector<ReportRow>* rows) {
  std::vector<double> p_values;
  std::vector<ReportCell*> gaps;
  for (ReportRow& row : *rows) {
    for (auto& [name, cell] : row.cells) {
      if (name != "gap" || !cell.p) continue;
      p_values.push_back(*cell.p);
      gaps.push_back(&cell);
    }
  }
  const std::vector<double> adjusted = HolmAdjust(p_values);
  for (size_t i = 0; i < gaps.size(); ++i) gaps[i]->adjusted_p = adjusted[i];
}

// One construct by one set of attributes.
std::vector<ReportRow> TableRows(const SurveyCut& cut, const GroupScores& groups, const PlanPattern& pattern,
                                 const Scale& scale, size_t s, double confidence) {
  std::vector<ReportRow> rows;
  for (const auto& [key, hidden] : pattern.HideProportions(s)) {
    if (!cut.Shows(key)) continue;
    rows.push_back({cut.Describe(&scale, key),
                    hidden ? HiddenCells()
                           : GroupCells(groups.at(key)[s], RestOf(groups, cut, key, s), scale, confidence)});
  }
  AdjustGaps(&rows);
  return rows;
}

// What the caller asks for, else every table of the plan.
std::vector<std::vector<std::string>> TablesFor(const ReportParameters& parameters,
                                                const WaveDefinition& wave) {
  if (!parameters.by.empty()) return {parameters.by};
  return wave.plan;
}

}  // namespace

absl::StatusOr<Report> DisaggregationReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("disaggregation", input.thresholds);
  const auto cut = SelectCut(parameters, input, thresholds);
  if (!cut.ok()) return cut.status();
  const auto scales = SelectScales(parameters, *cut, thresholds);
  if (!scales.ok()) return scales.status();
  const auto tables = TablesFor(parameters, *cut->wave);
  if (tables.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("wave {} has no disaggregation plan; `--by site` is always possible", cut->wave->code));
  }
  Report report = StartSurveyReport("disaggregation", parameters, input, *cut, thresholds);
  report.estimator =
      "gap: group minus everybody else (Welch; Newcombe); Cohen's d; Holm within construct and table";
  for (const std::vector<std::string>& attributes : tables) {
    ReportParameters of_table = parameters;
    of_table.by = attributes;
    const auto table = SelectCut(of_table, input, thresholds);
    if (!table.ok()) return table.status();
    const GroupScores groups = ScoreGroups(*table, *table->wave, input, *scales);
    const PlanPattern pattern(*table, *table->wave, input, *scales, groups);
    for (size_t s = 0; s < scales->size(); ++s) {
      for (ReportRow& row : TableRows(*table, groups, pattern, (*scales)[s], s, thresholds.confidence)) {
        report.rows.push_back(std::move(row));
      }
    }
  }
  report.notes.push_back("A gap is a difference between groups as they answered, not an effect of anything.");
  return report;
}

}  // namespace trellis
