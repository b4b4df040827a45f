#include "common/service/import/survey_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/service/import/answer_cells.h"
#include "common/service/import/response_rows.h"
#include "common/spreadsheet/workbook.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string FormFile() {
  return *WriteWorkbook({{{"survey",
                           {{"type", "name", "label", "relevant"},
                            {"select_one yes_no", "coached", "Were you coached?"},
                            {"select_multiple topics", "about", "About what?", "${coached} = 'yes'"},
                            {"decimal", "hours", "How many hours?", "${coached} = 'yes'"},
                            {"date", "day", "When last?", "selected(${about}, 'maths')"}}},
                          {"choices",
                           {{"list_name", "name", "label"},
                            {"yes_no", "yes", "Yes"},
                            {"yes_no", "no", "No"},
                            {"topics", "maths", "Maths"},
                            {"topics", "talk", "Talk"}}},
                          {"settings", {{"form_id", "form_title"}, {"COACH-26", "Coaching"}}}}});
}

absl::StatusOr<domain::v1::Survey> Unknown(const std::string&) { return absl::NotFoundError("no survey"); }

domain::v1::Survey SurveyOfForm() {
  domain::v1::Survey survey;
  const auto plan = PlanSurveyForm("coach.xlsx", FormFile(), Unknown);
  EXPECT_TRUE(plan.ok()) << plan.status();
  EXPECT_TRUE(survey.ParseFromString(plan->records.at(0).data));
  return survey;
}

class OneSite final : public ImportLookup {
 public:
  absl::StatusOr<Organization> FindOrganization(std::string_view) const override {
    return absl::NotFoundError("no organization");
  }
  absl::StatusOr<Person> FindPerson(std::string_view) const override { return absl::NotFoundError("nobody"); }
  absl::StatusOr<std::string> FindActivity(std::string_view) const override {
    return absl::NotFoundError("no activity");
  }
  std::string own_site() const override { return "oak"; }
};

absl::StatusOr<ImportPlan> PlanRows(const std::string& csv) {
  ResponseRowsOptions options;
  options.survey = SurveyOfForm();
  options.wave.set_code("W1");
  options.file_hash = "00";
  return PlanResponses(*Table::Parse("answers.csv", csv, {}), options, OneSite());
}

TEST(PlanSurveyForm, MakesANewSurveyADraft) {
  const auto plan = PlanSurveyForm("coach.xlsx", FormFile(), Unknown);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->errors, IsEmpty());
  ASSERT_EQ(plan->records.size(), 1u);
  EXPECT_EQ(plan->records[0].code, "COACH-26");
  domain::v1::Survey added;
  ASSERT_TRUE(added.ParseFromString(plan->records[0].data_if_new));
  EXPECT_EQ(added.state(), domain::v1::SURVEY_STATE_DRAFT);
}

TEST(PlanSurveyForm, LeavesTheStateOfAKnownSurvey) {
  const auto plan = PlanSurveyForm("coach.xlsx", FormFile(), [](const std::string&) {
    domain::v1::Survey known;
    known.set_code("COACH-26");
    known.set_state(domain::v1::SURVEY_STATE_PUBLISHED);
    known.add_questions()->set_code("hours");
    known.mutable_questions(0)->set_slot(9);
    return known;
  });
  ASSERT_TRUE(plan.ok());
  EXPECT_THAT(plan->records[0].data_if_new, IsEmpty());
  domain::v1::Survey survey;
  ASSERT_TRUE(survey.ParseFromString(plan->records[0].data));
  EXPECT_EQ(survey.state(), domain::v1::SURVEY_STATE_PUBLISHED);
  EXPECT_EQ(survey.questions(2).slot(), 9u);
}

TEST(PlanSurveyForm, RefusesWhatIsNoForm) {
  EXPECT_THAT(PlanSurveyForm("a.csv", "type,name\n", Unknown).status().message(), HasSubstr("no workbook"));
  EXPECT_THAT(PlanSurveyForm("a.xlsx", *WriteWorkbook({{{"Sheet1", {{"x"}}}}}), Unknown).status().message(),
              HasSubstr("no XLSForm"));
}

TEST(PlanResponses, WhatConditionsDidNotShow_WasNotLeftBlank) {
  const auto plan = PlanRows("coached,about,hours,day\nno,,,\nyes,talk,2.5,\nyes,maths;talk,,2026-09-30\n");
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->errors, IsEmpty());
  ASSERT_EQ(plan->records.size(), 3u);
  std::vector<domain::v1::Response> responses(3);
  for (size_t i = 0; i < 3; ++i) ASSERT_TRUE(responses[i].ParseFromString(plan->records[i].data));
  EXPECT_THAT(responses[0].answers(), ElementsAre(2, kAnswerNotShown, kAnswerNotShown, kAnswerNotShown));
  EXPECT_THAT(responses[1].answers(), ElementsAre(1, kAnswerGiven, kAnswerGiven, kAnswerNotShown));
  EXPECT_THAT(responses[2].answers(), ElementsAre(1, kAnswerGiven, kAnswerBlank, kAnswerGiven));
}

TEST(PlanResponses, AnswersToWhatWasNotShown_AndWrongNumbersAreTold) {
  const auto plan = PlanRows("coached,hours,day\nno,3,\nyes,many,\nyes,1,Friday\n");
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->errors.size(), 3u);
  EXPECT_THAT(plan->errors[0].message, HasSubstr("it was not shown"));
  EXPECT_THAT(plan->errors[1].message, HasSubstr("is no number"));
  EXPECT_THAT(plan->errors[2].message, HasSubstr("is no day"));
}

}  // namespace
}  // namespace trellis
