// R23: stage, days in stage, overdue gates, predictions confirmed, decisions, next actions, open obstacles.
#include "common/report/cycle_status.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/report/calendar.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

ReportCell ListCell(const std::vector<std::string>& entries) {
  ReportCell cell = ReportCell::Count(static_cast<int64_t>(entries.size()));
  cell.text = fmt::format("{}", fmt::join(entries, "; "));
  return cell;
}

const char* PredictionName(CycleFact::Prediction prediction) {
  switch (prediction) {
    case CycleFact::Prediction::kConfirmed:
      return "confirmed";
    case CycleFact::Prediction::kPartlyConfirmed:
      return "partly confirmed";
    case CycleFact::Prediction::kNotConfirmed:
      return "not confirmed";
    case CycleFact::Prediction::kOpen:
      return "";
  }
  return "";
}

ReportRow AllCyclesRow(const std::vector<const CycleFact*>& cycles) {
  int64_t judged = 0, confirmed = 0;
  for (const CycleFact* cycle : cycles) {
    judged += cycle->prediction != CycleFact::Prediction::kOpen;
    confirmed += cycle->prediction == CycleFact::Prediction::kConfirmed;
  }
  ReportCell cell = ReportCell::Missing(CellUnit::kProportion);
  if (judged > 0) {
    cell = {.unit = CellUnit::kProportion,
            .value = static_cast<double>(confirmed) / static_cast<double>(judged),
            .numerator = static_cast<double>(confirmed),
            .denominator = static_cast<double>(judged)};
  }
  return {{{"cycle", "(all)"}}, {{"predictionsConfirmed", cell}}};
}

}  // namespace

const char* StageName(CycleStage stage) {
  static constexpr const char* kNames[] = {"research",         "identify strategies", "implement",
                                           "evaluate results", "review data",         "closed"};
  return kNames[static_cast<size_t>(stage)];
}

CycleStanding StandingOf(const CycleFact& cycle, int64_t moment_ms) {
  CycleStanding standing{.since_day = cycle.begin_day};
  const CycleFact::Transition* latest = nullptr;
  CycleStage furthest = CycleStage::kResearch;
  for (const CycleFact::Transition& transition : cycle.transitions) {
    if (!transition.accepted || transition.at_ms > moment_ms) continue;
    if (latest == nullptr ||
        std::pair(latest->at_ms, latest->to) < std::pair(transition.at_ms, transition.to)) {
      latest = &transition;
    }
    furthest = std::max(furthest, transition.to);
  }
  if (latest != nullptr) {
    standing.stage = latest->to;
    standing.since_day = DayOf(latest->at_ms);
  }
  for (const CycleFact::Gate& gate : cycle.gates) {
    if (gate.due_day < DayOf(moment_ms) && gate.stage > furthest) standing.overdue.push_back(gate);
  }
  for (const CycleFact::Action& action : cycle.next_actions) {
    if (!action.done) standing.actions.push_back(action);
  }
  return standing;
}

absl::StatusOr<std::vector<const CycleFact*>> SelectCycles(const std::string& name, const std::string& site,
                                                           const ReportInput& input) {
  std::vector<const CycleFact*> cycles;
  if (!name.empty()) {
    const CycleFact* cycle = input.FindCycle(name);
    if (cycle == nullptr) {
      return absl::NotFoundError(
          fmt::format("there is no cycle '{}' here; `trellis cycles list` shows those there are", name));
    }
    cycles.push_back(cycle);
    return cycles;
  }
  const SiteInfo* only = site.empty() ? nullptr : input.FindSite(site);
  if (!site.empty() && only == nullptr)
    return absl::NotFoundError(fmt::format("there is no site '{}' here", site));
  for (const CycleFact& cycle : input.cycles) {
    if (only == nullptr || cycle.site.empty() || cycle.site == only->id) cycles.push_back(&cycle);
  }
  return cycles;
}

ReportRow CycleStatusRow(const CycleFact& cycle, const ReportInput& input, int64_t moment_ms) {
  const CycleStanding standing = StandingOf(cycle, moment_ms);
  std::vector<std::string> overdue, actions;
  for (const CycleFact::Gate& gate : standing.overdue) {
    overdue.push_back(fmt::format("{} by {}", StageName(gate.stage), FormatDay(gate.due_day)));
  }
  for (const CycleFact::Action& action : standing.actions) {
    actions.push_back(action.due_day
                          ? fmt::format("{} (by {})", action.description, FormatDay(*action.due_day))
                          : action.description);
  }
  int64_t open_steps = 0, overdue_steps = 0;
  for (const ActionStepFact& step : input.action_steps) {
    if (step.cycle != cycle.id || !step.open) continue;
    ++open_steps;
    overdue_steps += step.due_day && *step.due_day < DayOf(moment_ms);
  }
  ReportCell days = ReportCell::Missing(CellUnit::kDays);
  if (standing.since_day) {
    days = {.unit = CellUnit::kDays, .value = static_cast<double>(DayOf(moment_ms) - *standing.since_day)};
  }
  ReportRow row{{{"cycle", cycle.code}}, {}};
  if (!cycle.organization.empty()) row.group.emplace_back("organization", cycle.organization);
  row.cells = {{"stage", ReportCell::Text(StageName(standing.stage))},
               {"daysInStage", days},
               {"overdueGates", ListCell(overdue)},
               {"prediction", ReportCell::Text(PredictionName(cycle.prediction))},
               {"decision", ReportCell::Text(cycle.decision)},
               {"nextActions", ListCell(actions)},
               {"openObstacles", ListCell(cycle.open_obstacles)},
               {"openActionSteps", ReportCell::Count(open_steps)},
               {"overdueActionSteps", ReportCell::Count(overdue_steps)}};
  return row;
}

absl::StatusOr<Report> CycleStatusReport(const ReportParameters& parameters, const ReportInput& input) {
  const std::string name = NamedParameter(parameters, "cycle");
  const auto cycles = SelectCycles(name, parameters.site, input);
  if (!cycles.ok()) return cycles.status();
  Report report = StartReport("cycle-status", parameters, input);
  report.estimator = "as recorded; days are counted to the moment of the report";
  for (const CycleFact* cycle : *cycles) {
    report.rows.push_back(CycleStatusRow(*cycle, input, parameters.moment_ms()));
  }
  if (name.empty() && !cycles->empty()) report.rows.push_back(AllCyclesRow(*cycles));
  if (cycles->empty()) report.notes.push_back("There is no improvement cycle here yet.");
  return report;
}

}  // namespace trellis
