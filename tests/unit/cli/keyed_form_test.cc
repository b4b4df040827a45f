#include "client/cli/keyed_form.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace trellis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

domain::v1::Survey Form() {
  domain::v1::Survey survey;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "sections { code: 'B' sort_order: 2 } sections { code: 'A' sort_order: 1 } "
      "questions { slot: 1 code: 'LAST' form: QUESTION_FORM_TEXT } "
      "questions { slot: 2 code: 'B1' section: 'B' form: QUESTION_FORM_MULTIPLE_CHOICE "
      "  choices { value: 1 } choices { value: 2 } choices { value: 3 } } "
      "questions { slot: 3 code: 'A1' section: 'A' form: QUESTION_FORM_SINGLE_CHOICE "
      "  choices { value: 1 } choices { value: 2 } } "
      "questions { slot: 4 code: 'OLD' section: 'A' retired: true form: QUESTION_FORM_TEXT } "
      "questions { slot: 5 code: 'NOTE' section: 'A' form: QUESTION_FORM_NOTE }",
      &survey));
  return survey;
}

TEST(KeyedForm, AsksInTheOrderOfThePaper) {
  const domain::v1::Survey form = Form();
  std::vector<std::string> codes;
  for (const auto* question : KeyedQuestions(form)) codes.push_back(question->code());
  EXPECT_THAT(codes, ElementsAre("A1", "B1", "LAST"));
}

TEST(KeyedForm, TakesChoicesTextsAndBlanks) {
  const domain::v1::Survey form = Form();
  const auto questions = KeyedQuestions(form);
  EXPECT_THAT(*ParseKeyedForm(questions, "2  1;3 \"more time\"\r"), ElementsAre("2", "1;3", "more time"));
  EXPECT_THAT(*ParseKeyedForm(questions, ". . ."), ElementsAre("", "", ""));
}

TEST(KeyedForm, SaysWhatIsWrongWithALine) {
  const domain::v1::Survey form = Form();
  const auto questions = KeyedQuestions(form);
  const auto words = [&](const char* line) {
    return std::string(ParseKeyedForm(questions, line).status().message());
  };
  EXPECT_THAT(words("1 1"), HasSubstr("2 answers of 3"));
  EXPECT_THAT(words("3 1 ."), HasSubstr("A1: 3 is none of its choices (1, 2)"));
  EXPECT_THAT(words("1 1;9 ."), HasSubstr("B1: 9"));
  EXPECT_THAT(words("1;2 1 ."), HasSubstr("A1: takes one choice"));
  EXPECT_THAT(words("1 1 \"open"), HasSubstr("quote"));
}

}  // namespace
}  // namespace trellis
