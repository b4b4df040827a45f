// The part of ReportInputBuilder about purpose: needs, goals, standards, initiatives, theories, outcomes.
#include <algorithm>
#include <tuple>

#include "common/report/calendar.h"
#include "common/report/report_input_builder.h"

namespace trellis {
namespace {

constexpr int kApplicationLevel = 4;  // Guskey: use of new knowledge and skills

std::string Resolve(const std::map<std::string, std::string>& references, const std::string& reference) {
  const auto found = references.find(reference);
  return found == references.end() ? reference : found->second;
}

const char* LevelName(domain::v1::GoalLevel level) {
  switch (level) {
    case domain::v1::GOAL_LEVEL_INDIVIDUAL:
      return "individual";
    case domain::v1::GOAL_LEVEL_TEAM:
      return "team";
    case domain::v1::GOAL_LEVEL_SCHOOL:
      return "school";
    case domain::v1::GOAL_LEVEL_DISTRICT:
      return "district";
    default:
      return "";
  }
}

int DirectionOf(domain::v1::EvidenceDirection direction) {
  if (direction == domain::v1::EVIDENCE_DIRECTION_SUPPORTS) return 1;
  return direction == domain::v1::EVIDENCE_DIRECTION_CONTRADICTS ? -1 : 0;
}

TheoryFact::Evidence EvidenceOf(const domain::v1::Evidence& message) {
  return {.indicator = message.indicator(),
          .independence = message.independence_key().empty() ? message.source() : message.independence_key(),
          .strength = static_cast<int>(message.strength()),
          .direction = DirectionOf(message.direction()),
          .day = ParseDay(message.date())};
}

}  // namespace

void ReportInputBuilder::AddPurposeFacts() {
  for (const auto& [key, message] : records_.practice.needs) {
    if (!reaches_(key.first)) continue;
    if (message.state() == domain::v1::NEED_STATE_MET ||
        message.state() == domain::v1::NEED_STATE_SET_ASIDE) {
      continue;
    }
    NeedFact need{.id = key.second.ToString(),
                  .code = message.code(),
                  .title = message.title(),
                  .construct = message.construct(),
                  .site = PlaceOf(key.first, message.organization()),
                  .topics = {message.topic_codes().begin(), message.topic_codes().end()}};
    if (message.has_importance()) need.importance = message.importance();
    input_.practice.needs.push_back(std::move(need));
  }
  for (const auto& [key, message] : records_.practice.goals) {
    if (!reaches_(key.first)) continue;
    GoalFact goal{.id = key.second.ToString(),
                  .code = message.code(),
                  .site = PlaceOf(key.first, message.organization()),
                  .level = LevelName(message.level()),
                  .open = message.state() != domain::v1::GOAL_STATE_WITHDRAWN &&
                          message.state() != domain::v1::GOAL_STATE_DRAFT};
    for (const std::string& need : message.needs()) goal.needs.insert(Resolve(needs_, need));
    input_.practice.goals.push_back(std::move(goal));
  }
  std::map<std::string, std::string> frameworks;
  for (const auto& [key, message] : records_.practice.frameworks) {
    frameworks[key.second.ToString()] = message.code();
    if (message.retired()) continue;
    FrameworkFact framework{.code = message.code(), .title = message.title()};
    std::vector<const domain::v1::Standard*> standards;
    for (const auto& standard : message.standards()) standards.push_back(&standard);
    std::sort(standards.begin(), standards.end(), [](const auto* a, const auto* b) {
      return std::pair(a->sort_order(), a->code()) < std::pair(b->sort_order(), b->code());
    });
    for (const auto* standard : standards) framework.standards.push_back(standard->code());
    input_.practice.frameworks.push_back(std::move(framework));
  }
  for (const auto& [key, message] : records_.practice.alignments) {
    if (!reaches_(key.first)) continue;
    input_.practice.alignments.push_back({Resolve(activities_, message.activity()),
                                          Resolve(goals_, message.goal()),
                                          Resolve(frameworks, message.framework()), message.standard()});
  }
}

void ReportInputBuilder::AddPracticeUseFacts() {
  std::map<std::string, std::map<std::string, double>> greatest;  // initiative -> look-for -> greatest score
  std::map<std::string, std::string> look_fors;
  for (const auto& [key, message] : records_.practice.look_fors) {
    look_fors[key.second.ToString()] = key.second.ToString();
    look_fors.emplace(message.code(), key.second.ToString());
    if (message.retired()) continue;
    double& most = greatest[Resolve(initiatives_, message.initiative())][key.second.ToString()];
    for (const auto& level : message.levels()) most = std::max(most, static_cast<double>(level.score()));
  }
  for (const auto& [key, message] : records_.practice.initiatives) {
    if (!reaches_(key.first)) continue;
    InitiativeFact initiative{.id = key.second.ToString(), .code = message.code()};
    for (int code : message.expected_classifications()) {
      initiative.classifications.insert(std::to_string(code));
    }
    for (int band : message.expected_grade_bands()) initiative.grade_bands.insert(std::to_string(band));
    for (const std::string& organization : message.expected_organizations()) {
      initiative.sites.merge(WithDescendants(organization));
    }
    if (message.has_min_observations()) initiative.least_observations = message.min_observations();
    initiative.greatest_of = greatest[initiative.id];
    input_.practice.initiatives.push_back(std::move(initiative));
  }
  for (const auto& [key, message] : records_.practice.observations) {
    if (!reaches_(key.first)) continue;
    ObservationFact observation{.initiative = Resolve(initiatives_, message.initiative()),
                                .site = PlaceOf(key.first, message.organization()),
                                .unit = message.unit(),
                                .day = ParseDay(message.date()),
                                .in_use = message.in_use()};
    for (const auto& score : message.scores()) {
      observation.scores.emplace_back(Resolve(look_fors, score.look_for()), score.score());
    }
    input_.practice.observations.push_back(std::move(observation));
  }
  for (const auto& [key, message] : records_.practice.outcomes) {
    if (!reaches_(key.first)) continue;
    OutcomeFact outcome{
        .staff = message.staff().empty() ? "" : Resolve(staff_, message.staff()),
        .site = PlaceOf(key.first, message.organization()),
        .activity = message.activity().empty() ? "" : Resolve(activities_, message.activity()),
        .cycle = message.cycle().empty() ? "" : Resolve(cycles_, message.cycle()),
        .measure = message.measure(),
        .day = ParseDay(message.date())};
    if (message.has_before() && message.has_value()) outcome.change = message.value() - message.before();
    input_.practice.outcomes.push_back(std::move(outcome));
  }
  for (const auto& [key, message] : records_.practice.application_evidence) {
    if (!reaches_(key.first)) continue;
    input_.practice.learning_evidence.push_back(
        {Resolve(activities_, message.activity()),
         message.has_guskey_level() ? static_cast<int>(message.guskey_level()) : kApplicationLevel});
  }
}

void ReportInputBuilder::AddTheories() {
  std::map<std::string, std::vector<TheoryFact::Evidence>> evidence;
  for (const auto& [key, message] : records_.practice.evidence) {
    if (reaches_(key.first)) evidence[Resolve(theories_, message.theory())].push_back(EvidenceOf(message));
  }
  for (const auto& [key, message] : records_.practice.theories) {
    if (!reaches_(key.first)) continue;
    TheoryFact theory{.id = key.second.ToString(),
                      .code = message.code(),
                      .site = PlaceOf(key.first, message.organization())};
    std::vector<const domain::v1::Indicator*> indicators;
    for (const auto& indicator : message.indicators()) indicators.push_back(&indicator);
    std::sort(indicators.begin(), indicators.end(), [](const auto* a, const auto* b) {
      return std::tuple(a->side(), a->sort_order(), a->code()) <
             std::tuple(b->side(), b->sort_order(), b->code());
    });
    for (const auto* indicator : indicators) {
      theory.indicators.push_back(
          {indicator->code(), indicator->side() == domain::v1::INDICATOR_SIDE_THEN,
           indicator->metric().empty() ? "" : Resolve(metrics_, indicator->metric())});
    }
    theory.evidence = evidence[theory.id];
    for (const auto& found : message.evidence()) theory.evidence.push_back(EvidenceOf(found));
    input_.practice.theories.push_back(std::move(theory));
  }
  std::sort(input_.practice.theories.begin(), input_.practice.theories.end(),
            [](const auto& a, const auto& b) { return std::pair(a.code, a.id) < std::pair(b.code, b.id); });
}

std::string ReportInputBuilder::SchoolOf(const std::string& scope, const std::string& organization) const {
  const std::string place = PlaceOf(scope, organization);
  const auto known = organization_by_id_.find(place);
  return known != organization_by_id_.end() && known->second->site().empty() ? "" : place;
}

void ReportInputBuilder::AddRatings() {
  std::map<std::string, std::string> codes;  // of rubrics, by id and code
  for (const auto& [key, message] : records_.practice.rubrics) {
    if (!reaches_(key.first)) continue;
    codes[key.second.ToString()] = codes[message.code()] = message.code();
    RubricFact rubric{.code = message.code(), .items = {}, .levels = {}};
    std::vector<const domain::v1::RubricItem*> items;
    for (const auto& item : message.items()) items.push_back(&item);
    std::sort(items.begin(), items.end(), [](const auto* a, const auto* b) {
      return std::pair(a->sort_order(), a->code()) < std::pair(b->sort_order(), b->code());
    });
    for (const auto* item : items) rubric.items.push_back({item->code(), item->title()});
    for (const auto& level : message.levels()) rubric.levels[level.level()] = level.label();
    input_.practice.rubrics.push_back(std::move(rubric));
  }
  for (const auto& [key, message] : records_.practice.rubric_assessments) {
    if (!reaches_(key.first)) continue;
    input_.practice.ratings.push_back({Resolve(codes, message.rubric()), message.item(),
                                       SchoolOf(key.first, message.organization()), message.level(),
                                       ParseDay(message.date()), message.evidence()});
  }
  for (const auto& [key, message] : records_.practice.planning_answers) {
    if (!reaches_(key.first)) continue;
    input_.practice.planning_answers.push_back({message.question(),
                                                SchoolOf(key.first, message.organization()), message.answer(),
                                                ParseDay(message.date())});
  }
}

}  // namespace trellis
