#include "common/rules/cycle_gates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/rules/fake_view.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/goal.pb.h"
#include "trellis/domain/v1/metric.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/staff.pb.h"
#include "trellis/domain/v1/theory_of_action.pb.h"

namespace trellis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace v1 = domain::v1;

constexpr char kModel[] = R"(code: "PDSA"
  gates { stage: CYCLE_STAGE_RESEARCH needs: [GATE_NEED_AIM, GATE_NEED_OWNER, GATE_NEED_GOAL, GATE_NEED_BASELINE]
          checklist { code: "HEARD" statement: "Those concerned were heard" } }
  gates { stage: CYCLE_STAGE_IMPLEMENT needs: [GATE_NEED_PARTICIPATION, GATE_NEED_ACTION_STEPS_DONE] }
  gates { stage: CYCLE_STAGE_REVIEW_DATA needs: [GATE_NEED_DECISION, GATE_NEED_NEXT_ACTIONS, GATE_NEED_LEARNED] })";

// Everything the research gate wants.
struct Gates : testing::Test {
  Gates() {
    view.Add<v1::ImprovementModel>("model", kModel);
    view.Add<v1::Staff>("p1", R"(staff_unique_id: "S1")", "north");
    view.Add<v1::Goal>("g1", R"(code: "G1")");
    view.Add<v1::Metric>("m1", R"(code: "M1" baseline: 3.2)");
  }

  v1::ImprovementCycle Cycle() const {
    return FromText<v1::ImprovementCycle>(R"(code: "C" aim: "x" owner: "S1" goals: "G1" metrics: "M1")");
  }

  static v1::ImprovementCycle With(v1::ImprovementCycle cycle, const std::string& transition) {
    *cycle.add_transitions() = FromText<v1::StageTransition>(transition);
    return cycle;
  }

  Findings Advance(const v1::ImprovementCycle& before, const std::string& transition,
                   bool by_district = true) {
    return CheckWrite(Ruled(With(before, transition), "shared", "c"), &before, by_district, &view);
  }

  FakeView view;
};

constexpr char kToIdentify[] = R"(from: CYCLE_STAGE_RESEARCH to: CYCLE_STAGE_IDENTIFY_STRATEGIES
  at { seconds: 100 } state: TRANSITION_STATE_ACCEPTED checklist_done: "HEARD")";

TEST_F(Gates, AStageClosesWhenItHasWhatItNeeds) {
  EXPECT_THAT(Advance(Cycle(), kToIdentify), IsEmpty());
  EXPECT_EQ(PresentStage(With(Cycle(), kToIdentify)), v1::CYCLE_STAGE_IDENTIFY_STRATEGIES);
}

TEST_F(Gates, AStageThatLacksSomethingSaysWhat) {
  v1::ImprovementCycle cycle = Cycle();
  cycle.clear_aim();
  cycle.set_owner("S99");
  const Findings found = Advance(cycle, R"(from: CYCLE_STAGE_RESEARCH to: CYCLE_STAGE_IDENTIFY_STRATEGIES
    at { seconds: 100 } state: TRANSITION_STATE_PROPOSED)",
                                 false);
  std::vector<std::string> problems;
  for (const Finding& finding : found) {
    if (finding.refuses) problems.push_back(finding.problem);
  }
  EXPECT_THAT(problems, ElementsAre("research cannot close yet: write the aim",
                                    HasSubstr("name an owner who is on the staff"),
                                    HasSubstr("confirm HEARD (Those concerned were heard)")));
}

TEST_F(Gates, ASiteProposesAndTheDistrictAccepts) {
  EXPECT_THAT(Rules(Advance(Cycle(), kToIdentify, false), true), ElementsAre("gate-not-yours"));
  const std::string proposed = R"(from: CYCLE_STAGE_RESEARCH to: CYCLE_STAGE_IDENTIFY_STRATEGIES
    at { seconds: 90 } state: TRANSITION_STATE_PROPOSED checklist_done: "HEARD")";
  EXPECT_THAT(Advance(Cycle(), proposed, false), IsEmpty());
  EXPECT_EQ(PresentStage(With(Cycle(), proposed)), v1::CYCLE_STAGE_RESEARCH);
  EXPECT_THAT(Advance(With(Cycle(), proposed), kToIdentify), IsEmpty());
}

TEST_F(Gates, NoStageIsSkippedAndTheWayBackIsOpen) {
  EXPECT_THAT(Rules(Advance(Cycle(), R"(from: CYCLE_STAGE_RESEARCH to: CYCLE_STAGE_IMPLEMENT at { seconds: 1 }
                                        state: TRANSITION_STATE_ACCEPTED)"),
                    true),
              ElementsAre("stage-out-of-order"));
  EXPECT_THAT(
      Rules(Advance(Cycle(), R"(from: CYCLE_STAGE_IMPLEMENT to: CYCLE_STAGE_EVALUATE_RESULTS at { seconds: 1 }
                                        state: TRANSITION_STATE_ACCEPTED)"),
            true),
      ElementsAre("stage-out-of-order"));
  EXPECT_THAT(
      Rules(Advance(With(Cycle(), kToIdentify),
                    R"(from: CYCLE_STAGE_IDENTIFY_STRATEGIES to: CYCLE_STAGE_RESEARCH at { seconds: 200 }
                               state: TRANSITION_STATE_ACCEPTED note: "the data says otherwise")"),
            true),
      IsEmpty());
}

TEST_F(Gates, LooksUpWhatOtherRecordsShow) {
  const std::vector<std::string> none;
  const auto missing = [&] {
    std::vector<std::string> words;
    for (const MissingNeed& need :
         MissingAtGate(Cycle(), v1::CYCLE_STAGE_IMPLEMENT, none, "shared", "c", &view)) {
      words.push_back(need.what);
    }
    return words;
  };
  view.Add<v1::ActionStep>("a1", R"(code: "A1" cycle: "c" state: ACTION_STEP_STATE_IN_PROGRESS)");
  EXPECT_THAT(missing(), ElementsAre(HasSubstr("who took part"), HasSubstr("finish or drop")));
  view.Add<v1::Activity>("act", R"(code: "ACT" cycles: "C")");
  view.Add<v1::Session>("ses", R"(code: "SES" activity: "ACT")");
  view.Add<v1::Participation>("t", R"(staff: "S1" session: "SES" state: PARTICIPATION_STATE_ATTENDED)",
                              "north");
  EXPECT_THAT(missing(), ElementsAre(HasSubstr("finish or drop")));
}

// A site does not hold the other sites' people: it proposes, and the district will know.
TEST_F(Gates, WhatMayStandAtAnotherSiteIsNotHeldAgainstAProposal) {
  v1::ImprovementCycle cycle = Cycle();
  cycle.set_owner("S77");
  const std::string proposed = R"(from: CYCLE_STAGE_RESEARCH to: CYCLE_STAGE_IDENTIFY_STRATEGIES
    at { seconds: 90 } state: TRANSITION_STATE_PROPOSED checklist_done: "HEARD")";
  view.holds_all_sites = false;
  const Findings at_site = Advance(cycle, proposed, false);
  EXPECT_THAT(Rules(at_site), ElementsAre("gate-closed"));
  EXPECT_THAT(Rules(at_site, true), IsEmpty());
  view.holds_all_sites = true;
  EXPECT_THAT(Rules(Advance(cycle, proposed), true), ElementsAre("gate-closed"));
}

TEST_F(Gates, WithoutAModelNothingIsWanted) {
  FakeView empty;
  EXPECT_THAT(MissingAtGate(Cycle(), v1::CYCLE_STAGE_RESEARCH, {}, "shared", "c", &empty), IsEmpty());
  v1::ImprovementCycle cycle = Cycle();
  cycle.set_model("OTHER");
  EXPECT_THAT(MissingAtGate(cycle, v1::CYCLE_STAGE_RESEARCH, {}, "shared", "c", &view), IsEmpty());
}

// Two people advanced the cycle apart from each other; both transitions stay, and it shows.
TEST_F(Gates, AStageLeftTwiceIsShown) {
  const v1::ImprovementCycle cycle = With(With(Cycle(), kToIdentify),
                                          R"(from: CYCLE_STAGE_RESEARCH to: CYCLE_STAGE_IDENTIFY_STRATEGIES
    at { seconds: 101 } state: TRANSITION_STATE_ACCEPTED checklist_done: "HEARD" note: "also me")");
  EXPECT_THAT(Rules(CheckStanding(Ruled(cycle, "shared", "c"), &view)), ElementsAre("stage-left-twice"));
}

TEST_F(Gates, AGatePassedWithoutWhatItNeedsIsShown) {
  v1::ImprovementCycle cycle = With(Cycle(), kToIdentify);
  cycle.clear_goals();
  const Findings found = CheckStanding(Ruled(cycle, "shared", "c"), &view);
  ASSERT_THAT(Rules(found), ElementsAre("gate-passed-incomplete"));
  EXPECT_FALSE(found[0].refuses);
  EXPECT_THAT(found[0].problem, HasSubstr("name at least one goal"));
}

}  // namespace
}  // namespace trellis
