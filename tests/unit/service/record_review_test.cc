#include "common/service/record_review.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/coaching.pb.h"
#include "trellis/domain/v1/code_list.pb.h"
#include "trellis/domain/v1/goal.pb.h"
#include "trellis/domain/v1/network.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/voice.pb.h"

namespace trellis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
namespace v1 = domain::v1;

v1::Participation Registered(const std::string& staff) {
  return FromText<v1::Participation>(
      fmt::format(R"(staff: "{}" session: "SES" state: PARTICIPATION_STATE_REGISTERED)", staff));
}

std::vector<std::string> RulesOf(const absl::StatusOr<std::vector<FoundProblem>>& problems) {
  std::vector<std::string> rules;
  for (const FoundProblem& problem : problems.value()) rules.push_back(problem.finding.rule);
  return rules;
}

TEST(Writer, WarnsOfAReferenceThatIsNotHereAndTakesTheRecord) {
  ServiceStore district("");
  const auto goal = FromText<v1::Goal>(R"(code: "G" title: "T" level: GOAL_LEVEL_DISTRICT owner: "S9")");
  const auto made = district.TryCreate(Admin(), goal);
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_THAT(made->findings, SizeIs(1));
  EXPECT_EQ(made->findings[0].rule, "reference-missing");
}

TEST(Writer, RefusesWhatARuleForbidsAndNamesTheField) {
  ServiceStore district("");
  const auto activity =
      FromText<v1::Activity>(R"(code: "A" title: "T" approach: ACTIVITY_APPROACH_COLLABORATIVE
      requirement: ACTIVITY_REQUIREMENT_VOLUNTARY begin_date: "2026-03-02" end_date: "2026-03-01")");
  const auto made = district.TryCreate(Admin(), activity);
  EXPECT_EQ(ReasonIn(made), "RULE_BROKEN");
  EXPECT_THAT(FieldsIn(made), ElementsAre("endDate"));
}

TEST(Writer, AKindThatWatchesPeopleIsOffUntilTheDistrictSwitchesItOn) {
  ServiceStore oak("oak");
  const auto seen = FromText<v1::NetworkObservation>(
      R"(organization: "O" date: "2026-02-01" setting: "staff-room" groups_seen: 2 people_seen: 7)");
  EXPECT_EQ(ReasonIn(oak.TryCreate(Lead("oak"), seen)), "RULE_BROKEN");
  oak.Create(Admin(), FromText<v1::Feature>(R"(code: "network-observation" enabled: true)"));
  EXPECT_TRUE(oak.TryCreate(Lead("oak"), seen).ok());
}

// Nothing of who raised it stands in the store, and nobody else may change it for them.
TEST(Writer, AnAnonymousConcernHasNoAuthor) {
  ServiceStore oak("oak");
  const auto concern = FromText<v1::Concern>(
      R"(text: "Meetings end after dark" anonymous: true date: "2026-02-01" state: CONCERN_STATE_RAISED)");
  const auto made = oak.TryCreate(Teacher("oak"), concern);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->created_by, "anonymous");
  const auto history = oak.reader().History(Lead("oak"), {"Concern", made->id.ToString(), ""});
  ASSERT_TRUE(history.ok());
  for (const RecordChangeAnswer& change : *history) EXPECT_EQ(change.actor, "anonymous");
}

TEST(RecordReview, ThePlacesThatTwoSitesTookApartShowAtTheDistrict) {
  ServiceStore district("");
  ASSERT_TRUE(district.replica()->BeginScope("oak").ok());
  ASSERT_TRUE(district.replica()->BeginScope("elm").ok());
  district.Create(
      Admin(), FromText<v1::Session>(R"(code: "SES" activity: "A" capacity: 1 start_time { seconds: 1 })"));
  district.Create(Admin(), Registered("S1"), "oak");
  EXPECT_EQ(ReasonIn(district.TryCreate(Admin(), Registered("S2"), "elm")), "RULE_BROKEN");
  // As sync brings it: attended, so nothing is refused for it.
  v1::Participation came = Registered("S2");
  came.set_state(v1::PARTICIPATION_STATE_ATTENDED);
  district.Create(Admin(), came, "elm");
  const RecordReview review(district.store());
  EXPECT_THAT(RulesOf(review.Findings(Admin(), {"Session", ""}, "session-overfull")),
              ElementsAre("session-overfull"));
  EXPECT_THAT(RulesOf(review.Findings(Admin(), {"Session", "oak"}, "")), IsEmpty());
}

TEST(RecordReview, TellsNobodyOfFieldsTheyAreNotShown) {
  ServiceStore oak("oak");
  oak.Create(Lead("oak"),
             FromText<v1::CoachingCycle>(R"(coach: "S1" coachees: "S2" state: COACHING_STATE_ACTIVE
      begin_date: "2026-01-01" agreement: "NOWHERE")"));
  const RecordReview review(oak.store());
  const auto of_agreement = [&](const Principal& principal) {
    const auto problems = review.Findings(principal, {"CoachingCycle", ""}, "");
    return std::count_if(problems->begin(), problems->end(),
                         [](const FoundProblem& problem) { return problem.finding.field == "agreement"; });
  };
  EXPECT_EQ(of_agreement(Admin()), 0);
  Principal coach = Teacher("oak");
  coach.staff = "S1";
  EXPECT_EQ(of_agreement(coach), 1);
}

TEST(RecordReview, WhatIsDueComesInOrderAndForOnePerson) {
  ServiceStore oak("oak");
  const auto step = [](const char* code, const char* due, const char* owner) {
    return FromText<v1::ActionStep>(
        fmt::format(R"(code: "{}" title: "T" due_date: "{}" owner: "{}")", code, due, owner));
  };
  oak.Create(Lead("oak"), step("B", "2026-05-02", "S1"));
  oak.Create(Lead("oak"), step("A", "2026-05-01", "S2"));
  oak.Create(Lead("oak"), step("C", "2026-09-01", "S1"));
  const RecordReview review(oak.store());
  const auto codes = [&](const std::string& owner) {
    std::vector<std::string> found;
    const auto due = review.Due(Lead("oak"), {}, "2026-06-01", owner);
    for (const DueWork& work : *due) {
      found.push_back(dynamic_cast<const v1::ActionStep&>(*work.record.message).code());
    }
    return found;
  };
  EXPECT_THAT(codes(""), ElementsAre("A", "B"));
  EXPECT_THAT(codes("S1"), ElementsAre("B"));
}

}  // namespace
}  // namespace trellis
