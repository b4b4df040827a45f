// R21: alignment of learning: standards with at least one activity ÷ all, by framework; open goals with
// learning ÷ open goals; learning with no goal; hours by standard. Of activities, never of a person.
#include <fmt/format.h>

#include <algorithm>

#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

struct Coverage {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> by_standard;  // -> activities
  std::map<std::string, std::set<std::string>> by_goal;
  std::set<std::string> with_goal;
};

Coverage CoverageOf(const ReportInput& input, const std::set<std::string>& activities) {
  Coverage coverage;
  for (const AlignmentFact& alignment : input.practice.alignments) {
    if (!activities.contains(alignment.activity)) continue;
    if (!alignment.standard.empty()) {
      coverage.by_standard[{alignment.framework, alignment.standard}].insert(alignment.activity);
    }
    if (!alignment.goal.empty()) {
      coverage.by_goal[alignment.goal].insert(alignment.activity);
      coverage.with_goal.insert(alignment.activity);
    }
  }
  for (const ActivityFact& activity : input.activities) {
    if (!activities.contains(activity.id)) continue;
    for (const std::string& goal : activity.goals) {
      coverage.by_goal[goal].insert(activity.id);
      coverage.with_goal.insert(activity.id);
    }
  }
  return coverage;
}

ReportCell ShareCell(int64_t part, int64_t all, const std::vector<std::string>& others, const char* word) {
  if (all == 0) return ReportCell::Missing(CellUnit::kProportion);
  ReportCell cell{.unit = CellUnit::kProportion,
                  .value = static_cast<double>(part) / static_cast<double>(all),
                  .numerator = static_cast<double>(part),
                  .denominator = static_cast<double>(all)};
  if (!others.empty()) cell.text = fmt::format("{}: {}", word, fmt::join(others, "; "));
  return cell;
}

void AddFramework(const FrameworkFact& framework, const Coverage& coverage,
                  const std::map<std::string, double>& planned, const std::map<std::string, double>& attended,
                  Report* report) {
  std::vector<std::string> without;
  std::vector<ReportRow> rows;
  for (const std::string& standard : framework.standards) {
    const auto found = coverage.by_standard.find({framework.code, standard});
    double hours = 0, person_hours = 0;
    int64_t activities = 0;
    if (found == coverage.by_standard.end()) {
      without.push_back(standard);
    } else {
      activities = static_cast<int64_t>(found->second.size());
      for (const std::string& activity : found->second) {
        if (const auto at = planned.find(activity); at != planned.end()) hours += at->second;
        if (const auto at = attended.find(activity); at != attended.end()) person_hours += at->second;
      }
    }
    rows.push_back({{{"framework", framework.code}, {"standard", standard}},
                    {{"activities", ReportCell::Count(activities)},
                     {"hours", {.unit = CellUnit::kHours, .value = hours}},
                     {"personHours", {.unit = CellUnit::kHours, .value = person_hours}}}});
  }
  const auto all = static_cast<int64_t>(framework.standards.size());
  report->rows.push_back(
      {{{"framework", framework.code}},
       {{"covered", ShareCell(all - static_cast<int64_t>(without.size()), all, without, "without")}}});
  for (ReportRow& row : rows) report->rows.push_back(std::move(row));
}

}  // namespace

absl::StatusOr<Report> AlignmentCoverageReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("alignment-coverage", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  Report report = StartPracticeReport("alignment-coverage", parameters, input, thresholds);
  report.estimator =
      "standards and goals with at least one activity, divided by all; hours an activity aims at";
  std::set<std::string> activities;
  std::map<std::string, double> planned, attended;
  std::vector<std::string> orphans;
  for (const ActivityFact& activity : input.activities) {
    if (!days->Overlaps(activity.begin_day, activity.end_day)) continue;
    activities.insert(activity.id);
    planned[activity.id] = activity.hours;
  }
  for (const ParticipationFact& part : input.participations) {
    if (part.attended && days->Includes(part.day)) attended[part.activity] += part.hours;
  }
  const Coverage coverage = CoverageOf(input, activities);
  const std::string wanted = NamedParameter(parameters, "framework");
  for (const FrameworkFact& framework : input.practice.frameworks) {
    if (!wanted.empty() && framework.code != wanted) continue;
    AddFramework(framework, coverage, planned, attended, &report);
  }
  std::vector<std::string> without;
  int64_t goals = 0;
  for (const GoalFact& goal : input.practice.goals) {
    if (!goal.open) continue;
    ++goals;
    if (!coverage.by_goal.contains(goal.id)) without.push_back(goal.code);
  }
  std::sort(without.begin(), without.end());
  report.rows.push_back(
      {{{"measure", "goals with learning"}},
       {{"covered", ShareCell(goals - static_cast<int64_t>(without.size()), goals, without, "without")}}});
  for (const ActivityFact& activity : input.activities) {
    if (activities.contains(activity.id) && !coverage.with_goal.contains(activity.id)) {
      orphans.push_back(activity.code);
    }
  }
  std::sort(orphans.begin(), orphans.end());
  const auto all = static_cast<int64_t>(activities.size());
  report.rows.push_back(
      {{{"measure", "learning with a goal"}},
       {{"covered", ShareCell(all - static_cast<int64_t>(orphans.size()), all, orphans, "without")}}});
  report.notes.push_back(
      "Standards of professional learning describe programs; they are not to be used to evaluate any "
      "educator.");
  return report;
}

}  // namespace trellis
