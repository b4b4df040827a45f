// The part of ReportInputBuilder about people, learning and cycles.
#include <algorithm>
#include <set>

#include "common/report/calendar.h"
#include "common/report/report_input_builder.h"

namespace trellis {
namespace {

std::string Resolve(const std::map<std::string, std::string>& references, const std::string& reference) {
  const auto found = references.find(reference);
  return found == references.end() ? reference : found->second;
}

CycleStage StageOf(domain::v1::CycleStage stage) {
  switch (stage) {
    case domain::v1::CYCLE_STAGE_IDENTIFY_STRATEGIES:
      return CycleStage::kIdentifyStrategies;
    case domain::v1::CYCLE_STAGE_IMPLEMENT:
      return CycleStage::kImplement;
    case domain::v1::CYCLE_STAGE_EVALUATE_RESULTS:
      return CycleStage::kEvaluateResults;
    case domain::v1::CYCLE_STAGE_REVIEW_DATA:
      return CycleStage::kReviewData;
    case domain::v1::CYCLE_STAGE_CLOSED:
      return CycleStage::kClosed;
    default:
      return CycleStage::kResearch;
  }
}

CycleFact::Prediction PredictionOf(domain::v1::PredictionResult result) {
  switch (result) {
    case domain::v1::PREDICTION_RESULT_CONFIRMED:
      return CycleFact::Prediction::kConfirmed;
    case domain::v1::PREDICTION_RESULT_PARTLY_CONFIRMED:
      return CycleFact::Prediction::kPartlyConfirmed;
    case domain::v1::PREDICTION_RESULT_NOT_CONFIRMED:
      return CycleFact::Prediction::kNotConfirmed;
    default:
      return CycleFact::Prediction::kOpen;
  }
}

const char* DecisionOf(domain::v1::CycleDecision decision) {
  switch (decision) {
    case domain::v1::CYCLE_DECISION_ADOPT:
      return "adopt";
    case domain::v1::CYCLE_DECISION_ADAPT:
      return "adapt";
    case domain::v1::CYCLE_DECISION_ABANDON:
      return "abandon";
    default:
      return "";
  }
}

void FillProgress(const domain::v1::ImprovementCycle& message, CycleFact* cycle) {
  for (const auto& transition : message.transitions()) {
    cycle->transitions.push_back({StageOf(transition.to()),
                                  transition.at().seconds() * 1000 + transition.at().nanos() / 1'000'000,
                                  transition.state() == domain::v1::TRANSITION_STATE_ACCEPTED});
  }
  for (const auto& gate : message.planned_gates()) {
    if (const auto due = ParseDay(gate.due_date())) cycle->gates.push_back({StageOf(gate.stage()), *due});
  }
  for (const auto& action : message.next_actions()) {
    cycle->next_actions.push_back({action.description(), ParseDay(action.due_date()), action.done()});
  }
  for (const auto& obstacle : message.obstacles()) {
    if (obstacle.state() == domain::v1::OBSTACLE_STATE_RESOLVED ||
        obstacle.state() == domain::v1::OBSTACLE_STATE_MITIGATED) {
      continue;
    }
    cycle->open_obstacles.push_back(obstacle.description().empty() ? obstacle.code()
                                                                   : obstacle.description());
  }
}

bool Came(domain::v1::ParticipationState state) {
  return state == domain::v1::PARTICIPATION_STATE_ATTENDED ||
         state == domain::v1::PARTICIPATION_STATE_PARTIALLY_ATTENDED ||
         state == domain::v1::PARTICIPATION_STATE_COMPLETED;
}

double HoursOf(const domain::v1::Participation& message) {
  if (message.has_verified_hours()) return message.verified_hours();
  if (message.has_claimed_hours()) return message.claimed_hours();
  return message.minutes() / 60.0;
}

}  // namespace

AssignmentFact ReportInputBuilder::AssignmentOf(const std::string& scope,
                                                const domain::v1::Assignment& assignment) const {
  return {.staff = Resolve(staff_, assignment.staff()),
          .site = assignment.organization().empty() ? SiteOfScope(scope) : SiteOf(assignment.organization()),
          .classification = std::to_string(assignment.classification()),
          .grade_band = std::to_string(assignment.grade_band()),
          .fte = assignment.full_time_equivalency(),
          .begin_day = ParseDay(assignment.begin_date()),
          .end_day = ParseDay(assignment.end_date())};
}

void ReportInputBuilder::AddStaff() {
  std::set<std::string> assigned;
  for (const auto& [key, message] : records_.assignments) {
    if (!reaches_(key.first)) continue;
    input_.assignments.push_back(AssignmentOf(key.first, message));
    assigned.insert(input_.assignments.back().staff);
  }
  for (const auto& [key, message] : records_.staff) {
    const std::string id = key.second.ToString();
    input_.staff_ids[message.staff_unique_id().empty() ? id : message.staff_unique_id()] = id;
    // Who has no assignment works at home.
    if (!reaches_(key.first) || assigned.contains(id) || message.state() == domain::v1::STAFF_STATE_LEFT)
      continue;
    input_.assignments.push_back(
        {.staff = id,
         .site = message.organization().empty() ? SiteOfScope(key.first) : SiteOf(message.organization())});
  }
}

void ReportInputBuilder::AddActivities() {
  std::map<std::string, std::set<std::string>> sessions;
  for (const auto& [key, message] : records_.sessions) {
    std::set<std::string>& names = sessions[Resolve(activities_, message.activity())];
    names.insert(key.second.ToString());
    if (!message.code().empty()) names.insert(message.code());
  }
  for (const auto& [key, message] : records_.activities) {
    if (message.state() == domain::v1::ACTIVITY_STATE_CANCELLED) continue;
    ActivityFact activity{
        .id = key.second.ToString(),
        .code = message.code(),
        .sponsor = NameOf(message.sponsor()),
        .mandatory = message.requirement() == domain::v1::ACTIVITY_REQUIREMENT_MANDATORY,
        .self_organized = message.approach() == domain::v1::ACTIVITY_APPROACH_SELF_ORGANIZED,
        .begin_day = ParseDay(message.begin_date()),
        .end_day = ParseDay(message.end_date()),
        .title = message.title(),
        .initiative = Resolve(initiatives_, message.initiative()),
        .hours = message.hours(),
        .topics = {message.topic_codes().begin(), message.topic_codes().end()}};
    for (const std::string& goal : message.goals()) activity.goals.insert(Resolve(goals_, goal));
    for (const std::string& need : message.needs()) activity.needs.insert(Resolve(needs_, need));
    activity.sessions = sessions[activity.id];
    for (int code : message.audience_classifications()) activity.classifications.insert(std::to_string(code));
    for (int band : message.audience_grade_bands()) activity.grade_bands.insert(std::to_string(band));
    for (const std::string& organization : message.audience_organizations()) {
      activity.sites.merge(WithDescendants(organization));
    }
    input_.activities.push_back(std::move(activity));
  }
}

bool ReportInputBuilder::OriginalCounts(const domain::v1::Participation& message) const {
  const std::string& from = message.copied_from();
  const size_t space = from.find(' ');
  if (space == std::string::npos) return false;
  const std::string scope = from.substr(0, space);
  const std::optional<RecordId> id = RecordId::Parse(std::string_view(from).substr(space + 1));
  return id.has_value() && reaches_(scope) && records_.participations.contains({scope, *id});
}

void ReportInputBuilder::AddParticipations() {
  std::map<std::string, std::string> activity_of_session;
  for (const auto& [key, message] : records_.sessions) {
    const std::string activity = Resolve(activities_, message.activity());
    activity_of_session[key.second.ToString()] = activity;
    if (!message.code().empty()) activity_of_session.emplace(message.code(), activity);
  }
  for (const auto& [key, message] : records_.participations) {
    if (!reaches_(key.first) || OriginalCounts(message)) continue;
    ParticipationFact part{.staff = Resolve(staff_, message.staff()),
                           .activity = Resolve(activities_, message.activity()),
                           .site = SiteOfScope(key.first),
                           .attended = Came(message.state()),
                           .hours = HoursOf(message),
                           .day = ParseDay(message.date())};
    const auto session = activity_of_session.find(message.session());
    if (message.activity().empty() && session != activity_of_session.end()) part.activity = session->second;
    input_.participations.push_back(std::move(part));
  }
}

void ReportInputBuilder::AddCycles() {
  for (const auto& [key, message] : records_.cycles) {
    if (!reaches_(key.first)) continue;
    CycleFact cycle{.id = key.second.ToString(),
                    .code = message.code(),
                    .title = message.title(),
                    .prediction = PredictionOf(message.prediction_result()),
                    .decision = DecisionOf(message.decision()),
                    .survey = Resolve(surveys_, message.survey()),
                    .constructs = {message.constructs().begin(), message.constructs().end()},
                    .begin_day = ParseDay(message.begin_date())};
    if (!message.organization().empty()) {
      cycle.organization = NameOf(message.organization());
      const std::string site = SiteOf(message.organization());
      const auto known = organization_by_id_.find(site);
      if (known != organization_by_id_.end() && !known->second->site().empty()) cycle.site = site;
    }
    for (const std::string& metric : message.metrics()) cycle.metrics.push_back(Resolve(metrics_, metric));
    for (const std::string& theory : message.theories_of_action()) {
      cycle.theories.push_back(Resolve(theories_, theory));
    }
    FillProgress(message, &cycle);
    input_.cycles.push_back(std::move(cycle));
  }
  std::sort(input_.cycles.begin(), input_.cycles.end(),
            [](const auto& a, const auto& b) { return std::pair(a.code, a.id) < std::pair(b.code, b.id); });
}

void ReportInputBuilder::AddMetrics() {
  for (const auto& [key, message] : records_.metrics) {
    if (!reaches_(key.first)) continue;
    MetricFact metric{.id = key.second.ToString(),
                      .code = message.code(),
                      .title = message.title(),
                      .unit = message.unit(),
                      .target_day = ParseDay(message.target_date()),
                      .report = message.report(),
                      .survey = Resolve(surveys_, message.survey()),
                      .construct = message.construct()};
    if (message.direction() == domain::v1::DIRECTION_DOWN) metric.direction = MetricFact::Direction::kDown;
    if (message.direction() == domain::v1::DIRECTION_MAINTAIN)
      metric.direction = MetricFact::Direction::kMaintain;
    if (message.has_baseline()) metric.baseline = message.baseline();
    if (message.has_target()) metric.target = message.target();
    for (const std::string& date : message.check_dates()) {
      if (const auto day = ParseDay(date)) metric.check_days.push_back(*day);
    }
    for (const auto& measurement : message.measurements()) {
      const auto day = ParseDay(measurement.date());
      if (!day || !measurement.has_value()) continue;
      metric.measurements.push_back(
          {*day, measurement.value(), measurement.n(),
           measurement.organization().empty() ? "" : SiteOf(measurement.organization())});
    }
    input_.metrics.push_back(std::move(metric));
  }
}

void ReportInputBuilder::AddSteps() {
  for (const auto& [key, message] : records_.action_steps) {
    if (!reaches_(key.first)) continue;
    input_.action_steps.push_back({Resolve(cycles_, message.cycle()), message.title(),
                                   ParseDay(message.due_date()),
                                   message.state() != domain::v1::ACTION_STEP_STATE_DONE &&
                                       message.state() != domain::v1::ACTION_STEP_STATE_DROPPED});
  }
}

}  // namespace trellis
