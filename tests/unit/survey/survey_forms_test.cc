#include "common/survey/survey_forms.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/survey/skip_logic.h"

namespace trellis {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A staff survey in two languages, with skip logic, a matrix, a reversed item and a remark.
Workbook StaffForm() {
  return {{{"survey",
            {{"type", "name", "label::English (en)", "label::Español (es)", "relevant", "required",
              "construct", "reversed", "appearance", "hint::English (en)"},
             {"start", "started"},
             {"begin_group", "trust", "Trust", "Confianza", "", "", "", "", "table-list"},
             {"select_one agree", "trust_1", "We keep our word.", "Cumplimos.", "", "yes", "TRUST"},
             {"select_one agree", "trust_2", "People hide mistakes.", "Se ocultan errores.", "", "yes",
              "TRUST", "yes"},
             {"end_group"},
             {"select_one yes_no", "coached", "Were you coached?", "¿Tuvo coaching?"},
             {"begin_group", "coaching", "Coaching", "Coaching", "${coached} = 'yes'"},
             {"select_multiple topics", "about", "About what?", "¿Sobre qué?"},
             {"text", "about_other", "What else?", "¿Qué más?", "selected(${about}, 'other')"},
             {"decimal", "hours", "How many hours?", "¿Cuántas horas?", "", "", "", "", "", "In all"},
             {"end_group"},
             {"note", "thanks", "Thank you.", "Gracias."}}},
           {"choices",
            {{"list_name", "name", "label::English (en)", "label::Español (es)", "value", "favorable",
              "not_scored"},
             {"agree", "1", "Disagree", "No"},
             {"agree", "2", "Agree", "Sí", "", "yes"},
             {"agree", "dk", "Don't know", "No sé", "", "", "yes"},
             {"yes_no", "yes", "Yes", "Sí"},
             {"yes_no", "no", "No", "No"},
             {"topics", "maths", "Maths", "Matemáticas"},
             {"topics", "other", "Other", "Otro"}}},
           {"settings",
            {{"form_title", "form_id", "default_language"}, {"Staff survey", "STAFF-26", "English (en)"}}}}};
}

XlsForm FormOf(const Workbook& workbook) {
  std::vector<FormProblem> problems;
  const auto form = ReadXlsForm(workbook, "staff.xlsx", &problems);
  EXPECT_TRUE(form.ok()) << form.status();
  for (const FormProblem& problem : problems)
    ADD_FAILURE() << problem.sheet << " " << problem.line << " " << problem.problem;
  return form.ok() ? *form : XlsForm{};
}

const domain::v1::Question& Find(const domain::v1::Survey& survey, const std::string& code) {
  for (const auto& question : survey.questions()) {
    if (question.code() == code) return question;
  }
  ADD_FAILURE() << "no question " << code;
  return survey.questions(0);
}

TEST(SurveyOf, TakesWhatAFormSays) {
  const SurveyFromForm read = SurveyOf(FormOf(StaffForm()), nullptr);
  EXPECT_THAT(read.problems, IsEmpty());
  EXPECT_THAT(read.notes, ElementsAre(HasSubstr("started")));
  const domain::v1::Survey& survey = read.survey;
  EXPECT_EQ(survey.code(), "STAFF-26");
  EXPECT_EQ(survey.language(), "en");
  ASSERT_EQ(survey.languages_size(), 1);
  EXPECT_EQ(survey.languages(0).language(), "es");
  EXPECT_EQ(survey.sections_size(), 2);
  EXPECT_EQ(survey.constructs(0).code(), "TRUST");
  const auto& item = Find(survey, "trust_2");
  EXPECT_TRUE(item.reversed() && item.required());
  EXPECT_EQ(item.matrix(), "trust");
  EXPECT_EQ(item.translations(0).text(), "Se ocultan errores.");
  EXPECT_TRUE(item.choices(1).favorable());
  EXPECT_EQ(item.choices(1).value(), 2);
  EXPECT_TRUE(item.choices(2).not_scored());
  EXPECT_EQ(Find(survey, "hours").form(), domain::v1::QUESTION_FORM_NUMBER);
  EXPECT_EQ(Find(survey, "hours").hint(), "In all");
}

TEST(SurveyOf, ThereAndBack_IsTheSameSurvey) {
  const domain::v1::Survey survey = SurveyOf(FormOf(StaffForm()), nullptr).survey;
  const auto bytes = WriteWorkbook(WriteXlsForm(XlsFormOf(survey)));
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto workbook = ReadWorkbook(*bytes);
  ASSERT_TRUE(workbook.ok());
  const SurveyFromForm again = SurveyOf(FormOf(*workbook), &survey);
  EXPECT_THAT(again.problems, IsEmpty());
  std::string difference;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(survey, again.survey)) << difference;
}

TEST(SurveyOf, AFormOverASurvey_KeepsSlots) {
  const domain::v1::Survey before = SurveyOf(FormOf(StaffForm()), nullptr).survey;
  Workbook changed = StaffForm();
  auto& rows = changed.sheets[0].rows;
  rows.erase(rows.begin() + 3);  // trust_1
  rows.insert(rows.begin() + 3, {"text", "remark", "Any remark?", "¿Algo más?"});
  const SurveyFromForm after = SurveyOf(FormOf(changed), &before);
  EXPECT_TRUE(Find(after.survey, "trust_1").retired());
  EXPECT_EQ(Find(after.survey, "trust_1").slot(), Find(before, "trust_1").slot());
  EXPECT_EQ(Find(after.survey, "trust_2").slot(), Find(before, "trust_2").slot());
  EXPECT_EQ(Find(after.survey, "remark").slot(), static_cast<uint32_t>(before.questions_size()) + 1);
  EXPECT_THAT(after.notes, Contains(HasSubstr("trust_1 is no longer asked")));
}

TEST(SurveyOf, WhatASurveyCannotHold_IsSaidByLine) {
  Workbook form = StaffForm();
  form.sheets[0].rows.push_back({"geopoint", "where", "Where?"});
  form.sheets[0].rows.push_back({"text", "why", "Why?", "", "regex(., 'x')"});
  const SurveyFromForm read = SurveyOf(FormOf(form), nullptr);
  ASSERT_EQ(read.problems.size(), 2u);
  EXPECT_EQ(read.problems[0].line, 14);
  EXPECT_THAT(read.problems[0].problem, HasSubstr("cannot ask for geopoint"));
  EXPECT_EQ(read.problems[1].column, "relevant");
}

TEST(ReadXlsForm, BrokenForms_AreToldByLine) {
  std::vector<FormProblem> problems;
  EXPECT_THAT(ReadXlsForm({{{"Sheet1", {{"a"}}}}}, "x.xlsx", &problems).status().message(),
              HasSubstr("no XLSForm"));
  const Workbook workbook{{{"survey",
                            {{"type", "name", "label"},
                             {"select_one nowhere", "q1", "Q"},
                             {"sorcery", "q2", "Q"},
                             {"text", "", "Q"},
                             {"begin_group", "g", "G"}}}}};
  ASSERT_TRUE(ReadXlsForm(workbook, "x.xlsx", &problems).ok());
  std::vector<int64_t> lines;
  for (const FormProblem& problem : problems) lines.push_back(problem.line);
  EXPECT_THAT(lines, testing::UnorderedElementsAre(2, 3, 4, 5));
}

TEST(LanguageTag, IsTakenFromTheWaysFormsNameIt) {
  EXPECT_EQ(LanguageTag("Español (es)"), "es");
  EXPECT_EQ(LanguageTag("Chinese (zh-Hant)"), "zh-Hant");
  EXPECT_EQ(LanguageTag("english"), "en");
  EXPECT_EQ(LanguageTag("es-MX"), "es-MX");
  EXPECT_EQ(LanguageTag("Klingon"), "");
}

TEST(SkipLogic, WhatWasNotShown_FollowsFromTheAnswers) {
  const auto logic = SkipLogic::Of(SurveyOf(FormOf(StaffForm()), nullptr).survey);
  ASSERT_TRUE(logic.ok()) << logic.status();
  EXPECT_THAT(logic->NotShown({{"coached", "no"}}), ElementsAre("about", "about_other", "hours"));
  EXPECT_THAT(logic->NotShown({{"coached", "yes"}, {"about", "maths"}}), ElementsAre("about_other"));
  EXPECT_THAT(logic->NotShown({{"coached", "yes"}, {"about", "maths other"}}), IsEmpty());
  // An answer left behind by a changed mind shows nothing further.
  EXPECT_THAT(logic->NotShown({{"coached", "no"}, {"about", "other"}}),
              ElementsAre("about", "about_other", "hours"));
}

TEST(SkipLogic, ConditionThatCannotBeRead_NamesItsQuestion) {
  domain::v1::Survey survey;
  survey.add_questions()->set_code("q7");
  survey.mutable_questions(0)->set_shown_if("${q1} is yes");
  EXPECT_THAT(SkipLogic::Of(survey).status().message(), HasSubstr("q7"));
}

}  // namespace
}  // namespace trellis
