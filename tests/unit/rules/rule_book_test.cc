#include "common/rules/rule_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/rules/fake_view.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/code_list.pb.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/goal.pb.h"
#include "trellis/domain/v1/group.pb.h"
#include "trellis/domain/v1/learning_plan.pb.h"
#include "trellis/domain/v1/network.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/provider.pb.h"
#include "trellis/domain/v1/rubric.pb.h"
#include "trellis/domain/v1/staff.pb.h"
#include "trellis/domain/v1/voice.pb.h"

namespace trellis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace v1 = domain::v1;

TEST(References, AMissingOneIsShownAndNotRefused) {
  FakeView view;
  const auto goal = FromText<v1::Goal>(R"(code: "G" title: "T" owner: "S1" parent: "G0")");
  Findings found = CheckWrite(Ruled(goal), nullptr, true, &view);
  EXPECT_THAT(Rules(found), ElementsAre("reference-missing", "reference-missing"));
  EXPECT_THAT(Rules(found, /*refusing=*/true), IsEmpty());
  EXPECT_THAT(found.front().problem, HasSubstr("Goal G0"));
  view.Add<v1::Staff>("id-1", R"(staff_unique_id: "S1")", "north");
  view.Add<v1::Goal>("id-2", R"(code: "G0")");
  EXPECT_THAT(CheckStanding(Ruled(goal), &view), IsEmpty());
}

TEST(References, FindsThoseWithinElements) {
  FakeView view;
  const auto cycle =
      FromText<v1::ImprovementCycle>(R"(next_actions { code: "N" description: "d" owner: "S9" })");
  const Findings found = CheckStanding(Ruled(cycle), &view);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].field, "nextActions.owner");
}

TEST(CheckWrite, OldFindingsAreNotHeldAgainstAWrite) {
  FakeView view;
  const auto before = FromText<v1::Goal>(R"(code: "G" owner: "S1")");
  auto after = before;
  after.set_title("Another");
  EXPECT_THAT(CheckWrite(Ruled(after), &before, true, &view), IsEmpty());
  after.set_owner("S2");
  EXPECT_THAT(Rules(CheckWrite(Ruled(after), &before, true, &view)), ElementsAre("reference-missing"));
}

TEST(CodeLists, AClosedListRefusesAnOpenOneDoesNot) {
  FakeView view;
  const auto activity = FromText<v1::Activity>(R"(code: "A" type: "yoga")");
  EXPECT_THAT(CheckStanding(Ruled(activity), &view), IsEmpty()) << "the list is not at hand";
  view.Add<v1::CodeList>("id", R"(code: "activity-types" codes { code: "workshop" })");
  EXPECT_THAT(Rules(CheckWrite(Ruled(activity), nullptr, true, &view), true), ElementsAre("code-not-listed"));
  FakeView open;
  open.Add<v1::CodeList>("id", R"(code: "activity-types" open: true codes { code: "workshop" })");
  EXPECT_THAT(CheckStanding(Ruled(activity), &open), IsEmpty());
}

TEST(Features, WhatWatchesPeopleIsRefusedUntilSwitchedOn) {
  FakeView view;
  view.Add<v1::Meeting>("m", R"(group: "G")", "north");
  const auto counted = FromText<v1::MeetingVoice>(R"(meeting: "m" turns: 3)");
  auto watched = counted;
  watched.set_voice("violet");
  const auto observed = FromText<v1::NetworkObservation>("people_seen: 3");
  EXPECT_THAT(CheckWrite(Ruled(counted, "north"), nullptr, true, &view), IsEmpty());
  EXPECT_THAT(Rules(CheckWrite(Ruled(watched, "north"), nullptr, true, &view), true),
              ElementsAre("feature-off"));
  EXPECT_THAT(Rules(CheckWrite(Ruled(observed, "north"), nullptr, true, &view), true),
              ElementsAre("feature-off"));
  view.Add<v1::Feature>("f", R"(code: "network-observation" enabled: true)");
  view.Add<v1::Feature>("g", R"(code: "meeting-voice-per-person" enabled: false)");
  EXPECT_THAT(CheckWrite(Ruled(observed, "north"), nullptr, true, &view), IsEmpty());
  EXPECT_THAT(Rules(CheckWrite(Ruled(watched, "north"), nullptr, true, &view), true),
              ElementsAre("feature-off"));
}

TEST(Dates, AnEndBeforeItsBeginningIsRefused) {
  FakeView view;
  const auto activity =
      FromText<v1::Activity>(R"(code: "A" begin_date: "2026-03-02" end_date: "2026-03-01")");
  EXPECT_THAT(Rules(CheckWrite(Ruled(activity), nullptr, true, &view), true),
              ElementsAre("dates-out-of-order"));
  const auto session = FromText<v1::Session>("start_time { seconds: 100 } end_time { seconds: 99 }");
  EXPECT_THAT(Rules(CheckWrite(Ruled(session), nullptr, true, &view), true),
              ElementsAre("dates-out-of-order"));
  const auto before_1970 = FromText<v1::Session>("start_time { seconds: -100 } end_time { seconds: 99 }");
  EXPECT_THAT(CheckWrite(Ruled(before_1970), nullptr, true, &view), IsEmpty());
}

TEST(Capacity, AFullSessionTakesNobodyMore) {
  FakeView view;
  view.Add<v1::Session>("s", R"(code: "SES" capacity: 2)");
  view.Add<v1::Staff>("p", R"(staff_unique_id: "S3")", "north");
  view.Add<v1::Participation>("1", R"(staff: "S1" session: "SES" state: PARTICIPATION_STATE_REGISTERED)",
                              "north");
  auto third =
      FromText<v1::Participation>(R"(staff: "S3" session: "SES" state: PARTICIPATION_STATE_REGISTERED)");
  EXPECT_THAT(CheckWrite(Ruled(third, "north", ""), nullptr, false, &view), IsEmpty());
  view.Add<v1::Participation>("2", R"(staff: "S2" session: "s" state: PARTICIPATION_STATE_ATTENDED)",
                              "south");
  EXPECT_THAT(Rules(CheckWrite(Ruled(third, "north", ""), nullptr, false, &view), true),
              ElementsAre("session-full"));
  third.set_state(v1::PARTICIPATION_STATE_WAITLISTED);
  EXPECT_THAT(CheckWrite(Ruled(third, "north", ""), nullptr, false, &view), IsEmpty());
}

// Two sites filled the last places apart from each other: both rows stay, the session says so.
TEST(Capacity, TwoOfflineSitesOverfillASessionVisibly) {
  FakeView view;
  const auto session = FromText<v1::Session>(R"(code: "SES" capacity: 1)");
  view.Add<v1::Participation>("1", R"(staff: "S1" session: "SES" state: PARTICIPATION_STATE_REGISTERED)",
                              "north");
  view.Add<v1::Participation>("2", R"(staff: "S2" session: "SES" state: PARTICIPATION_STATE_REGISTERED)",
                              "south");
  EXPECT_THAT(Rules(CheckStanding(Ruled(session, "shared", "s"), &view)), ElementsAre("session-overfull"));
}

TEST(Capacity, OnePersonTwiceIsShown) {
  FakeView view;
  const auto session = FromText<v1::Session>(R"(code: "SES" capacity: 9)");
  view.Add<v1::Participation>("1", R"(staff: "S1" session: "SES" state: PARTICIPATION_STATE_ATTENDED)",
                              "north");
  view.Add<v1::Participation>("2", R"(staff: "S1" session: "SES" state: PARTICIPATION_STATE_ATTENDED)",
                              "south");
  view.Add<v1::Participation>(
      "3", R"(staff: "S1" session: "SES" state: PARTICIPATION_STATE_ATTENDED copied_from: "south/2")",
      "east");
  const Findings found = CheckStanding(Ruled(session, "shared", "s"), &view);
  ASSERT_THAT(Rules(found), ElementsAre("participation-twice"));
  EXPECT_THAT(found[0].problem, HasSubstr("1 people"));
}

TEST(Consistency, AnApprovalSaysWhoApproved) {
  FakeView view;
  view.Add<v1::Staff>("a", R"(staff_unique_id: "S1")", "north");
  auto plan = FromText<v1::LearningPlan>(R"(staff: "S1" state: PLAN_STATE_APPROVED)");
  EXPECT_THAT(Rules(CheckWrite(Ruled(plan, "north"), nullptr, true, &view), true),
              ElementsAre("approval-unsigned"));
  plan.set_approved_by("S1");
  EXPECT_THAT(CheckWrite(Ruled(plan, "north"), nullptr, true, &view), IsEmpty());
}

TEST(Consistency, AnonymousMeansNobodyIsNamed) {
  FakeView view;
  const auto concern = FromText<v1::Concern>(R"(text: "x" anonymous: true raised_by: "S1")");
  EXPECT_THAT(Rules(CheckWrite(Ruled(concern, "north"), nullptr, true, &view), true),
              ElementsAre("not-anonymous"));
  const auto input = FromText<v1::QualitativeInput>(
      R"(words: "x" confidentiality: CONFIDENTIALITY_ANONYMOUS given_by: "S1")");
  EXPECT_THAT(Rules(CheckWrite(Ruled(input, "north"), nullptr, true, &view), true),
              ElementsAre("not-anonymous"));
}

TEST(Consistency, AnAlignmentHasTwoEnds) {
  FakeView view;
  const auto both = FromText<v1::Alignment>(R"(activity: "A" strategy: "B" goal: "G")");
  EXPECT_THAT(Rules(CheckWrite(Ruled(both), nullptr, true, &view), true), ElementsAre("alignment-ends"));
  const auto none = FromText<v1::Alignment>(R"(activity: "A" framework: "F")");
  EXPECT_THAT(Rules(CheckWrite(Ruled(none), nullptr, true, &view), true), ElementsAre("alignment-ends"));
  const auto right = FromText<v1::Alignment>(R"(activity: "A" framework: "F" standard: "F1")");
  EXPECT_THAT(Rules(CheckWrite(Ruled(right), nullptr, true, &view), true), IsEmpty());
}

TEST(Consistency, ARubricIsJudgedByItsItemsAndLevels) {
  FakeView view;
  view.Add<v1::Rubric>("r", R"(code: "R" levels { level: 1 label: "a" } levels { level: 2 label: "b" }
                               items { code: "I1" title: "t" })");
  const auto wrong = FromText<v1::RubricAssessment>(R"(rubric: "R" item: "I2" level: 3)");
  EXPECT_THAT(Rules(CheckWrite(Ruled(wrong, "north"), nullptr, true, &view), true),
              ElementsAre("rubric-item-unknown", "rubric-level-unknown"));
  const auto right = FromText<v1::RubricAssessment>(R"(rubric: "R" item: "I1" level: 2)");
  EXPECT_THAT(CheckWrite(Ruled(right, "north"), nullptr, true, &view), IsEmpty());
}

}  // namespace
}  // namespace trellis
