// R9: constructs by need, .4(1−fav) + .3 gap + .2 decline + .1 importance, each min–max over constructs. Made
// of shown cells alone: percent favorable (R4) now and in the wave before, and the gaps of the disaggregation
// (R8).
#include "common/report/need_ranking.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/wave_before.h"

namespace trellis {
namespace {

using ByConstruct = std::map<std::string, ReportCell>;

ByConstruct CellsOf(const absl::StatusOr<Report>& report, const char* cell) {
  ByConstruct cells;
  if (!report.ok()) return cells;
  for (const ReportRow& row : report->rows) {
    const ReportCell* found = row.Find(cell);
    if (found != nullptr) cells[std::string(row.GroupValue("construct"))] = *found;
  }
  return cells;
}

struct Gap {
  double size = 0;
  std::string group;
};

// The largest shown (rest − group) favorable of each construct; none below 0.
std::map<std::string, Gap> LargestGaps(const ReportParameters& parameters, const ReportInput& input,
                                       const WaveDefinition& wave) {
  std::map<std::string, Gap> gaps;
  ReportParameters of_groups = parameters;
  of_groups.wave = wave.id;
  of_groups.by.clear();
  of_groups.named.erase("from");
  of_groups.named.erase("importance");
  if (wave.plan.empty()) {
    if (!parameters.site.empty()) return gaps;
    of_groups.by = {"site"};
  }
  const auto report = DisaggregationReport(of_groups, input);
  if (!report.ok()) return gaps;
  for (const ReportRow& row : report->rows) {
    const ReportCell* cell = row.Find("favorableGap");
    Gap& gap = gaps[std::string(row.GroupValue("construct"))];
    if (cell == nullptr || !cell->value || -*cell->value <= gap.size) continue;
    gap.size = -*cell->value;
    gap.group.clear();
    for (const auto& [name, value] : row.group) {
      if (name != "construct")
        gap.group += fmt::format("{}{} {}", gap.group.empty() ? "" : ", ", name, value);
    }
  }
  return gaps;
}

// The importance item of a construct: the one the parameter names ("TRUST:Q7,…"), else one called
// CONSTRUCT-IMPORTANCE.
std::string ImportanceItem(const ReportParameters& parameters, const std::string& construct) {
  for (const std::string& pair : SplitList(NamedParameter(parameters, "importance"))) {
    const size_t colon = pair.find(':');
    if (colon != std::string::npos && pair.substr(0, colon) == construct) return pair.substr(colon + 1);
  }
  return construct + "-IMPORTANCE";
}

double ImportanceOf(const ReportParameters& parameters, const ReportInput& input, const SurveyCut& cut,
                    const std::string& construct) {
  const std::string item = ImportanceItem(parameters, construct);
  const auto& questions = cut.survey->questions;
  const bool asked = std::any_of(questions.begin(), questions.end(),
                                 [&](const QuestionDefinition& question) { return question.code == item; });
  if (asked) {
    ReportParameters of_item = parameters;
    of_item.named = {{"item", item}};
    const auto report = ConstructMeanReport(of_item, input);
    if (report.ok() && !report->rows.empty() && report->rows[0].cells[0].second.value) {
      return *report->rows[0].cells[0].second.value;
    }
    return 0;
  }
  double sum = 0;
  int needs = 0;
  for (const NeedFact& need : input.practice.needs) {
    if (need.construct != construct || !need.importance) continue;
    sum += *need.importance;
    ++needs;
  }
  return needs > 0 ? sum / needs : 0;
}

// Brings a part to 0…1 over all constructs.
void Stretch(std::vector<double>* parts) {
  if (parts->empty()) return;
  const auto [least, most] = std::minmax_element(parts->begin(), parts->end());
  const double low = *least, range = *most - *least;
  for (double& part : *parts) part = range > 0 ? (part - low) / range : 0;
}

std::vector<std::pair<std::string, ReportCell>> NeedCells(const NeedFacts& need, const Gap& gap) {
  ReportCell rank = ReportCell::Count(need.rank);
  ReportCell gap_cell{.unit = CellUnit::kProportion, .value = need.gap, .text = gap.group};
  return {{"rank", rank},
          {"score", {.value = need.score, .n = need.n}},
          {"favorable", {.unit = CellUnit::kProportion, .value = need.favorable, .n = need.n}},
          {"gap", gap_cell},
          {"decline", {.unit = CellUnit::kProportion, .value = need.decline}},
          {"importance", {.value = need.importance}}};
}

void AddThresholds(const ReportThresholds& thresholds, Report* report) {
  report->thresholds.emplace_back("need-weight-favorable", thresholds.need_weight_favorable);
  report->thresholds.emplace_back("need-weight-gap", thresholds.need_weight_gap);
  report->thresholds.emplace_back("need-weight-decline", thresholds.need_weight_decline);
  report->thresholds.emplace_back("need-weight-importance", thresholds.need_weight_importance);
}

}  // namespace

std::vector<NeedFacts> RankNeeds(std::vector<NeedFacts> needs, const ReportThresholds& thresholds) {
  std::vector<double> unfavorable, gaps, declines, importances;
  for (const NeedFacts& need : needs) {
    unfavorable.push_back(1 - need.favorable);
    gaps.push_back(need.gap);
    declines.push_back(need.decline);
    importances.push_back(need.importance);
  }
  for (auto* parts : {&unfavorable, &gaps, &declines, &importances}) Stretch(parts);
  for (size_t i = 0; i < needs.size(); ++i) {
    needs[i].score = thresholds.need_weight_favorable * unfavorable[i] +
                     thresholds.need_weight_gap * gaps[i] + thresholds.need_weight_decline * declines[i] +
                     thresholds.need_weight_importance * importances[i];
  }
  std::sort(needs.begin(), needs.end(), [](const NeedFacts& a, const NeedFacts& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.n != b.n) return a.n > b.n;
    return a.construct < b.construct;
  });
  for (size_t i = 0; i < needs.size(); ++i) needs[i].rank = static_cast<int>(i) + 1;
  return needs;
}

absl::StatusOr<Report> NeedRankingReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("need-ranking", input.thresholds);
  if (!parameters.by.empty()) {
    return absl::InvalidArgumentError("need-ranking ranks constructs: leave out --by, or name a --site");
  }
  const auto cut = SelectCut(parameters, input, thresholds);
  if (!cut.ok()) return cut.status();
  const auto earlier = EarlierWave(parameters, input, *cut->wave);
  if (!earlier.ok()) return earlier.status();
  ReportParameters now = parameters;
  now.wave = cut->wave->id;
  now.named.erase("from");
  now.named.erase("importance");
  const auto favorable_now = PercentFavorableReport(now, input);
  if (!favorable_now.ok()) return favorable_now.status();
  ByConstruct before;
  if (*earlier != nullptr) {
    ReportParameters then = now;
    then.survey = (*earlier)->survey;
    then.wave = (*earlier)->id;
    before = CellsOf(PercentFavorableReport(then, input), "favorable");
  }
  const auto gaps = LargestGaps(parameters, input, *cut->wave);
  Report report = StartSurveyReport("need-ranking", parameters, input, *cut, thresholds);
  report.estimator =
      "weighted sum of 1 − favorable, gap, decline and importance, each min–max over constructs; shown cells "
      "only";
  AddThresholds(thresholds, &report);
  if (*earlier != nullptr) report.parameters.emplace_back("earlier", (*earlier)->code);

  std::vector<NeedFacts> needs;
  std::vector<ReportRow> unranked;
  for (const auto& [construct, cell] : CellsOf(favorable_now, "favorable")) {
    if (!cell.value) {
      ReportCell rank{.state = cell.state, .unit = CellUnit::kCount};
      unranked.push_back({{{"construct", construct}}, {{"rank", rank}}});
      continue;
    }
    NeedFacts need{.construct = construct, .n = cell.n.value_or(0), .favorable = *cell.value};
    if (const auto gap = gaps.find(construct); gap != gaps.end()) need.gap = gap->second.size;
    const auto then = before.find(construct);
    if (then != before.end() && then->second.value) {
      need.decline = std::max(0.0, *then->second.value - *cell.value);
    }
    need.importance = ImportanceOf(now, input, *cut, construct);
    needs.push_back(std::move(need));
  }
  for (const NeedFacts& need : RankNeeds(std::move(needs), thresholds)) {
    const auto gap = gaps.find(need.construct);
    report.rows.push_back(
        {{{"construct", need.construct}}, NeedCells(need, gap == gaps.end() ? Gap{} : gap->second)});
  }
  for (ReportRow& row : unranked) report.rows.push_back(std::move(row));
  return report;
}

}  // namespace trellis
