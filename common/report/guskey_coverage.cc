// R28: activities with evidence at each of five levels ÷ activities (Guskey, Evaluating Professional
// Development, 2000): 1 participants' reactions (a wave linked to one of its sessions, with responses), 2
// learning, 3 support by the organization, 4 use (recorded evidence of that level; observations of its
// initiative for 4), 5 outcomes of students (Outcome). Chain completeness: levels reached one after another
// from the first, of five.
#include <algorithm>

#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

constexpr int kLevels = 5;
constexpr const char* kNames[] = {"1 reactions", "2 learning", "3 organization", "4 use", "5 outcomes"};

using Levels = std::map<std::string, std::set<int>>;  // by activity

void AddWaves(const ReportInput& input, Levels* levels) {
  std::set<std::string> answered;
  for (const WaveResponses& responses : input.responses) {
    if (responses.columns->size() > 0) answered.insert(responses.wave);
  }
  for (const WaveDefinition& wave : input.waves) {
    if (wave.session.empty() || !answered.contains(wave.id)) continue;
    for (const ActivityFact& activity : input.activities) {
      if (activity.sessions.contains(wave.session)) (*levels)[activity.id].insert(1);
    }
  }
}

Levels LevelsOf(const ReportInput& input) {
  Levels levels;
  AddWaves(input, &levels);
  for (const LearningEvidenceFact& evidence : input.practice.learning_evidence) {
    if (evidence.level >= 1 && evidence.level <= kLevels) levels[evidence.activity].insert(evidence.level);
  }
  std::set<std::string> observed;
  for (const ObservationFact& observation : input.practice.observations)
    observed.insert(observation.initiative);
  for (const ActivityFact& activity : input.activities) {
    if (!activity.initiative.empty() && observed.contains(activity.initiative)) levels[activity.id].insert(4);
  }
  for (const OutcomeFact& outcome : input.practice.outcomes) {
    if (!outcome.activity.empty()) levels[outcome.activity].insert(kLevels);
  }
  return levels;
}

int ChainLength(const std::set<int>& levels) {
  int length = 0;
  while (length < kLevels && levels.contains(length + 1)) ++length;
  return length;
}

}  // namespace

absl::StatusOr<Report> GuskeyCoverageReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("guskey-coverage", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  Report report = StartPracticeReport("guskey-coverage", parameters, input, thresholds);
  report.estimator = "activities with evidence at the level divided by activities";
  const Levels levels = LevelsOf(input);
  std::vector<int64_t> with(kLevels);
  std::vector<ReportRow> rows;
  int64_t all = 0, whole = 0;
  double chain = 0;
  for (const ActivityFact& activity : input.activities) {
    if (!days->Overlaps(activity.begin_day, activity.end_day)) continue;
    ++all;
    const auto found = levels.find(activity.id);
    const std::set<int> reached = found == levels.end() ? std::set<int>{} : found->second;
    for (int level : reached) ++with[static_cast<size_t>(level - 1)];
    const int length = ChainLength(reached);
    chain += static_cast<double>(length) / kLevels;
    whole += length == kLevels;
    std::string text;
    for (int level : reached) text += (text.empty() ? "" : ", ") + std::to_string(level);
    rows.push_back({{{"activity", activity.code}},
                    {{"levels", ReportCell::Text(text)},
                     {"chain",
                      {.unit = CellUnit::kProportion,
                       .value = static_cast<double>(length) / kLevels,
                       .numerator = static_cast<double>(length),
                       .denominator = kLevels}}}});
  }
  for (int level = 0; level < kLevels; ++level) {
    report.rows.push_back(
        {{{"level", kNames[level]}},
         {{"covered", ProportionCell(with[static_cast<size_t>(level)], all, all, thresholds.confidence)}}});
  }
  ReportCell mean = ReportCell::Missing(CellUnit::kProportion);
  if (all > 0) {
    mean = {.unit = CellUnit::kProportion,
            .value = chain / static_cast<double>(all),
            .numerator = chain,
            .denominator = static_cast<double>(all),
            .method = "mean over activities"};
  }
  report.rows.push_back(
      {{{"level", "chain"}},
       {{"completeness", mean}, {"wholeChain", ProportionCell(whole, all, all, thresholds.confidence)}}});
  std::sort(rows.begin(), rows.end(),
            [](const ReportRow& a, const ReportRow& b) { return a.group < b.group; });
  for (ReportRow& row : rows) report.rows.push_back(std::move(row));
  return report;
}

}  // namespace trellis
