#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rules/due.h"
#include "tests/unit/rules/fake_view.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/learning_plan.pb.h"
#include "trellis/domain/v1/metric.pb.h"
#include "trellis/domain/v1/network.pb.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace v1 = domain::v1;

constexpr char kSurvey[] = R"(code: "S" title: "How are we" language: "en" state: SURVEY_STATE_PUBLISHED
  constructs { code: "T" title: "Trust" }
  title_translations { language: "es" text: "Como estamos" }
  questions { slot: 1 code: "Q1" text: "One" form: QUESTION_FORM_SINGLE_CHOICE construct: "T" version: 1
    translations { language: "es" text: "Uno" }
    choices { value: 1 text: "No" translations { language: "es" text: "No" } }
    choices { value: 2 text: "So so" translations { language: "es" text: "Asi asi" } }
    choices { value: 3 text: "Yes" translations { language: "es" text: "Si" } } })";

v1::Survey Sound() { return FromText<v1::Survey>(kSurvey); }

std::vector<std::string> Publishing(const v1::Survey& survey) {
  FakeView view;
  return Rules(CheckWrite(Ruled(survey), nullptr, true, &view));
}

TEST(Surveys, ASoundOneIsPublished) { EXPECT_THAT(Publishing(Sound()), IsEmpty()); }

TEST(Surveys, HolesStopPublishing) {
  v1::Survey survey = Sound();
  survey.mutable_questions(0)->set_construct("COMMUNITY");
  survey.mutable_questions(0)->set_section("NOWHERE");
  survey.mutable_questions(0)->set_shown_if("${Q7} = 'yes'");
  survey.mutable_questions(0)->mutable_choices()->DeleteSubrange(1, 2);
  EXPECT_THAT(Publishing(survey), ElementsAre("question-without-choices", "construct-missing",
                                              "section-missing", "condition-names-nothing"));
  survey.set_state(v1::SURVEY_STATE_DRAFT);
  EXPECT_THAT(Publishing(survey), IsEmpty());
}

TEST(Surveys, ConditionsThatCannotBeRead_StopPublishing) {
  v1::Survey survey = Sound();
  survey.mutable_questions(0)->set_valid_if("regex(., 'x')");
  EXPECT_THAT(Publishing(survey), ElementsAre("condition-unreadable"));
  survey.mutable_questions(0)->clear_valid_if();
  survey.add_sections()->set_code("LATER");
  survey.mutable_sections(0)->set_shown_if("${Q9} = 'yes'");
  EXPECT_THAT(Publishing(survey), ElementsAre("condition-names-nothing"));
}

TEST(Surveys, AnEvenScaleSaysWhatIsFavorable) {
  v1::Survey survey = Sound();
  survey.mutable_questions(0)->mutable_choices()->RemoveLast();
  EXPECT_THAT(Publishing(survey), ElementsAre("favorable-not-said"));
  survey.mutable_questions(0)->mutable_choices(1)->set_favorable(true);
  EXPECT_THAT(Publishing(survey), IsEmpty());
}

TEST(Surveys, ATranslationWithHolesIsNotPublished) {
  v1::Survey survey = Sound();
  survey.add_languages()->set_language("es");
  EXPECT_THAT(Publishing(survey), IsEmpty());
  survey.mutable_questions(0)->mutable_choices(2)->clear_translations();
  FakeView view;
  const Findings found = CheckWrite(Ruled(survey), nullptr, true, &view);
  ASSERT_THAT(Rules(found, true), ElementsAre("translation-incomplete"));
  EXPECT_THAT(found[0].problem, HasSubstr("choice \"Yes\" of Q1"));
}

TEST(Surveys, ASlotKeepsItsQuestion) {
  FakeView view;
  v1::Survey other = Sound();
  other.mutable_questions(0)->set_code("Q2");
  const v1::Survey before = Sound();
  EXPECT_THAT(Rules(CheckWrite(Ruled(other), &before, true, &view), true), ElementsAre("slot-taken"));
  v1::Survey gone = Sound();
  gone.mutable_questions(0)->set_slot(2);
  EXPECT_THAT(Rules(CheckWrite(Ruled(gone), &before, true, &view), true), ElementsAre("slot-taken"));
}

constexpr char kWave[] = R"(code: "W" survey: "S" state: WAVE_STATE_OPEN open_date: "2026-01-01"
  close_date: "2026-02-01" audience: AUDIENCE_STAFF mode: WAVE_MODE_CONFIDENTIAL languages: ["en", "es"]
  attributes { attribute: "role" bands: ["teacher", "other"] }
  disaggregation_plan { code: "by-role" attributes: "role" }
  eligibility { organization: "N" invited: 40 })";

struct Waves : testing::Test {
  Waves() { view.Add<v1::Survey>("survey", kSurvey); }

  std::vector<std::string> Opening(const v1::Wave& wave) {
    v1::Wave before = wave;
    before.set_state(v1::WAVE_STATE_PLANNED);
    return Rules(CheckWrite(Ruled(wave), &before, true, &view), true);
  }

  FakeView view;
  v1::Wave wave = FromText<v1::Wave>(kWave);
};

TEST_F(Waves, AReadyOneOpens) { EXPECT_THAT(Opening(wave), IsEmpty()); }

TEST_F(Waves, WithoutAPlanItStaysShut) {
  wave.clear_disaggregation_plan();
  EXPECT_THAT(Opening(wave), ElementsAre("plan-missing"));
}

TEST_F(Waves, APlanCutsByWhatIsAskedAndNoFiner) {
  wave.mutable_disaggregation_plan(0)->add_attributes("years_band");
  EXPECT_THAT(Opening(wave), ElementsAre("plan-attribute-unknown"));
  *wave.add_attributes() =
      FromText<v1::WaveAttribute>(R"(attribute: "years_band" bands: ["0-3", "4-9", "10-19", "20+"])");
  EXPECT_THAT(Opening(wave), ElementsAre("plan-too-fine"));
  wave.mutable_eligibility(0)->set_invited(80);
  EXPECT_THAT(Opening(wave), IsEmpty());
}

TEST_F(Waves, AttributesStayWithinTheBudget) {
  wave.set_mode(v1::WAVE_MODE_ANONYMOUS);
  wave.mutable_eligibility(0)->set_invited(1000);
  auto* years = wave.add_attributes();
  years->set_attribute("years_band");
  for (int band = 0; band < 13; ++band) years->add_bands(std::to_string(band));
  EXPECT_THAT(Opening(wave), ElementsAre("attribute-budget"));
  view.Add<v1::Threshold>("t", R"(code: "attribute-budget-anonymous" value: 26)");
  EXPECT_THAT(Opening(wave), IsEmpty());
}

TEST_F(Waves, WantsItsSurveyPublishedAndTranslated) {
  wave.add_languages("vi");
  EXPECT_THAT(Opening(wave), ElementsAre("translation-incomplete"));
  wave.set_survey("OTHER");
  EXPECT_THAT(Opening(wave), ElementsAre("survey-missing"));
}

TEST_F(Waves, PupilsAreAskedWithConsent) {
  wave.set_audience(v1::AUDIENCE_STUDENTS);
  EXPECT_THAT(Opening(wave), ElementsAre("consent-missing"));
  wave.set_consent(v1::CONSENT_BASIS_FAMILIES_MAY_OPT_OUT);
  EXPECT_THAT(Opening(wave), IsEmpty());
}

TEST_F(Waves, WhatRespondentsWereToldIsFixed) {
  const v1::Wave before = wave;
  wave.mutable_disaggregation_plan(0)->set_code("other");
  EXPECT_THAT(Rules(CheckWrite(Ruled(wave), &before, true, &view), true), ElementsAre("wave-fixed"));
  wave = before;
  wave.set_close_date("2026-03-01");
  EXPECT_THAT(Rules(CheckWrite(Ruled(wave), &before, true, &view), true), IsEmpty());
  wave.set_state(v1::WAVE_STATE_PLANNED);
  EXPECT_THAT(Rules(CheckWrite(Ruled(wave), &before, true, &view), true), ElementsAre("wave-fixed"));
}

std::vector<std::string> Due(const google::protobuf::Message& message) {
  std::vector<std::string> days;
  for (const DueItem& item :
       DueIn(*KindRegistry::BuiltIn().Find(message.GetDescriptor()->full_name()), message)) {
    days.push_back(item.date + " " + item.field + " " + item.owner);
  }
  return days;
}

TEST(Due, IsToldFromDatesUntilItIsDone) {
  auto step = FromText<v1::ActionStep>(R"(code: "A" owner: "S1" due_date: "2026-05-01")");
  EXPECT_THAT(Due(step), ElementsAre("2026-05-01 dueDate S1"));
  step.set_state(v1::ACTION_STEP_STATE_DONE);
  EXPECT_THAT(Due(step), IsEmpty());
  step.set_state(v1::ACTION_STEP_STATE_IN_PROGRESS);
  step.set_template_(true);
  EXPECT_THAT(Due(step), IsEmpty());
}

TEST(Due, KnowsGatesChecksAndNextActions) {
  const auto cycle = FromText<v1::ImprovementCycle>(R"(code: "C" owner: "S1"
    planned_gates { stage: CYCLE_STAGE_IDENTIFY_STRATEGIES due_date: "2026-01-10" }
    planned_gates { stage: CYCLE_STAGE_IMPLEMENT due_date: "2026-02-10" }
    transitions { from: CYCLE_STAGE_RESEARCH to: CYCLE_STAGE_IDENTIFY_STRATEGIES at { seconds: 1 }
                  state: TRANSITION_STATE_ACCEPTED }
    next_actions { code: "N1" description: "x" owner: "S2" due_date: "2026-03-01" }
    next_actions { code: "N2" description: "y" due_date: "2026-03-02" done: true })");
  EXPECT_THAT(Due(cycle),
              ElementsAre("2026-03-01 nextActions[N1].dueDate S2", "2026-02-10 plannedGates[implement] S1"));
  const auto metric = FromText<v1::Metric>(R"(code: "M" owner: "S1" check_dates: ["2026-01-01", "2026-04-01"]
                                              measurements { date: "2026-01-03" value: 2 })");
  EXPECT_THAT(Due(metric), ElementsAre("2026-04-01 checkDates S1"));
}

TEST(Due, TheNextCheckInFollowsTheLast) {
  FakeView view;
  view.Add<v1::LearningPlan>("lp", R"(code: "LP" staff: "S1" supervisor: "S2" state: PLAN_STATE_APPROVED
      approved_date: "2025-12-20" check_in_days: 30)",
                             "north");
  const ViewedRecord plan = *view.Find("LearningPlan", "LP", "north");
  ASSERT_THAT(DueCheckIn(plan, &view), SizeIs(1));
  EXPECT_EQ(DueCheckIn(plan, &view)[0].date, "2026-01-19");
  view.Add<v1::CheckIn>("c", R"(staff: "S1" supervisor: "S2" plan: "LP" date: "2026-01-15")", "north");
  EXPECT_EQ(DueCheckIn(plan, &view)[0].date, "2026-02-14");
  EXPECT_EQ(DueCheckIn(plan, &view)[0].owner, "S2");
}

TEST(Due, WhatIsKeptForATimeIsDueToBeDeleted) {
  const auto seen = FromText<v1::NetworkObservation>(R"(date: "2025-03-01" setting: "yard")");
  EXPECT_THAT(Due(seen), ElementsAre("2026-03-01 date[to be deleted] "));
}

}  // namespace
}  // namespace trellis
