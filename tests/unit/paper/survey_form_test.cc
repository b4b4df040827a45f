#include "common/paper/survey_form.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "common/paper/invitations.h"

namespace trellis {
namespace {

using domain::v1::Question;
using domain::v1::Survey;

template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

size_t PagesOf(const std::string& pdf) {
  size_t pages = 0;
  for (size_t at = pdf.find("/Type /Page"); at != std::string::npos; at = pdf.find("/Type /Page", at + 1)) {
    pages += pdf.compare(at, 12, "/Type /Pages") == 0 ? 0 : 1;
  }
  return pages;
}

TEST(KeyedAs, IsWhatAnImportTellsOneChoiceFromAnotherBy) {
  const auto question = FromText<Question>(
      "choices { value: 1 text: 'No' } choices { value: 2 text: 'Yes' code: 'yes' } "
      "choices { value: 2 text: 'Surely' code: 'surely' } choices { text: 'Not mine' not_scored: true }");
  EXPECT_EQ(KeyedAs(question, 0), "1");
  EXPECT_EQ(KeyedAs(question, 1), "yes");
  EXPECT_EQ(KeyedAs(question, 2), "surely");
  EXPECT_EQ(KeyedAs(question, 3), "Not mine");
}

TEST(SurveyFormPdf_, NeverSaysHowAQuestionIsScored) {
  const std::string question =
      "questions { slot: 1 code: 'Q' text: 'We meet.' form: QUESTION_FORM_SINGLE_CHOICE "
      "choices { value: 1 text: 'No' } choices { value: 2 text: 'Yes' ";
  const auto plain = FromText<Survey>("code: 'S' title: 'T' " + question + "} }");
  const auto scored =
      FromText<Survey>("code: 'S' title: 'T' " + question + "favorable: true } reversed: true }");
  const auto without_dates = [](std::string pdf) {
    for (size_t at = pdf.find("/CreationDate"); at != std::string::npos;
         at = pdf.find("/CreationDate", at + 1)) {
      pdf.replace(at, 45, 45, ' ');
    }
    return pdf;
  };
  EXPECT_EQ(without_dates(SurveyFormPdf(plain, {})), without_dates(SurveyFormPdf(scored, {})));
}

TEST(SurveyFormPdf_, LongMatrixGoesOverPages) {
  std::string text = "code: 'S' title: 'T' ";
  for (int i = 1; i <= 60; ++i) {
    text += "questions { slot: " + std::to_string(i) + " code: 'Q" + std::to_string(i) +
            "' text: 'A row' matrix: 'm' form: QUESTION_FORM_SINGLE_CHOICE choices { value: 1 text: 'No' } "
            "choices { value: 2 text: 'Yes' } } ";
  }
  EXPECT_EQ(PagesOf(SurveyFormPdf(FromText<Survey>(text), {})), 3u);
}

TEST(CardsPdf_, TenStandOnAPage) {
  const InvitationText text{.title = "A survey", .link = "https://survey.example/{code}"};
  EXPECT_EQ(PagesOf(CardsPdf(text, std::vector<std::string>(10, "ABCDE"))), 1u);
  EXPECT_EQ(PagesOf(CardsPdf(text, std::vector<std::string>(11, "ABCDE"))), 2u);
  EXPECT_EQ(LinkOf(text, "ABCDE"), "https://survey.example/ABCDE");
  EXPECT_EQ(LinkOf({}, "ABCDE"), "ABCDE");
}

}  // namespace
}  // namespace trellis
