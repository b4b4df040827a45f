#include "common/record/validation.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "common/record/describe.h"
#include "common/record/kind_registry.h"
#include "common/record/message_cells.h"
#include "common/record/text_format.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/response.pb.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {
namespace {

namespace d = domain::v1;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

const KindInfo& Kind(std::string_view name) { return *KindRegistry::BuiltIn().Find(name); }

d::ActionStep GoodStep() {
  d::ActionStep step;
  step.set_code("STEP-1");
  step.set_title("Open classrooms");
  return step;
}

std::string Problem(const KindInfo& kind, const google::protobuf::Message& message) {
  return std::string(ValidateMessage(kind, message).message());
}

std::string StepProblem(const d::ActionStep& step) { return Problem(Kind("ActionStep"), step); }

TEST(Validate_ActionStep, TakesAGoodOne) { EXPECT_THAT(StepProblem(GoodStep()), IsEmpty()); }

TEST(Validate_ActionStep, NamesWhatIsMissing) {
  d::ActionStep step;
  EXPECT_THAT(StepProblem(step), AllOf(HasSubstr("code is required"), HasSubstr("title is required")));
}

TEST(Validate_ActionStep, HoldsNumbersToTheirBounds) {
  d::ActionStep step = GoodStep();
  step.set_percent_complete(101);
  EXPECT_THAT(StepProblem(step), HasSubstr("percentComplete is 101: give between 0 and 100 percent"));
  step.set_percent_complete(0);
  EXPECT_THAT(StepProblem(step), IsEmpty());
}

TEST(Validate_ActionStep, CountsCharactersNotBytes) {
  d::ActionStep step = GoodStep();
  for (int i = 0; i < 200; ++i) *step.mutable_title() += "é";
  step.set_title(step.title().substr(step.title().size() - 400));
  EXPECT_THAT(StepProblem(step), IsEmpty());
  *step.mutable_title() += "é";
  EXPECT_THAT(StepProblem(step), HasSubstr("title has 201 characters"));
}

TEST(Validate_ActionStep, RefusesCodesItDoesNotKnow) {
  d::ActionStep step = GoodStep();
  step.set_state(static_cast<d::ActionStepState>(77));
  EXPECT_THAT(StepProblem(step), AllOf(HasSubstr("state is 77"), HasSubstr("ACTION_STEP_STATE_DONE")));
}

TEST(Validate_ActionStep, RefusesInvisibleCharacters) {
  for (const std::string& bad : {std::string("a\0b", 3),
                                 std::string("a\xe2\x80\xae"
                                             "b"),
                                 std::string("a\xe2\x81\xa6"
                                             "b"),
                                 std::string("\x1b[2J")}) {
    d::ActionStep step = GoodStep();
    step.set_title(bad);
    EXPECT_THAT(StepProblem(step), HasSubstr("title holds the invisible character"))
        << testing::PrintToString(bad);
    step = GoodStep();
    step.add_evidence(bad);
    EXPECT_THAT(StepProblem(step), HasSubstr("evidence[0] holds the invisible character"));
  }
  d::ActionStep step = GoodStep();
  step.set_notes("one\n\ttwo\r\n");
  EXPECT_THAT(StepProblem(step), IsEmpty());
}

TEST(Validate_ActionStep, RefusesDatesThatAreNone) {
  for (const char* bad :
       {"2026-02-29", "2026-13-01", "2026-1-1", "1/05/2023", "0000-01-01", "2026-09-01T00:00:00Z"}) {
    d::ActionStep step = GoodStep();
    step.set_due_date(bad);
    EXPECT_THAT(StepProblem(step), HasSubstr("is not a date")) << bad;
  }
  d::ActionStep step = GoodStep();
  step.set_due_date("2028-02-29");
  EXPECT_THAT(StepProblem(step), IsEmpty());
}

TEST(Validate_ActionStep, RefusesACodeThatCouldBeAnId) {
  d::ActionStep step = GoodStep();
  step.set_code("0190f3b4-1111-7abc-8def-0123456789ab");
  EXPECT_THAT(StepProblem(step), HasSubstr("looks like a record id"));
  step.set_code("TRUST 26");
  EXPECT_THAT(StepProblem(step), HasSubstr("is not a code"));
}

TEST(Validate_Organization, ChecksTheCdsCode) {
  d::EducationOrganization school;
  school.set_identifier("S1");
  school.set_name("School");
  school.set_cds_code("3473973612121");
  EXPECT_THAT(Problem(Kind("EducationOrganization"), school), HasSubstr("is not a CDS code"));
  school.set_cds_code("34739736121214");
  EXPECT_THAT(Problem(Kind("EducationOrganization"), school), IsEmpty());
}

TEST(Validate_Response, HoldsEachAnswerToTheCodes) {
  d::Response response;
  response.set_survey("S");
  response.set_wave("W");
  response.add_answers(127);
  response.add_answers(128);
  EXPECT_THAT(Problem(Kind("Response"), response), HasSubstr("answers[1] is 128: give at most 127"));
}

TEST(Validate_Survey, LooksIntoWhatIsWithin) {
  d::Survey survey;
  survey.set_code("S");
  survey.set_title("T");
  d::Question* question = survey.add_questions();
  question->set_code("Q1");
  question->set_text("?");
  question->set_form(d::QUESTION_FORM_TEXT);
  EXPECT_THAT(Problem(Kind("Survey"), survey), HasSubstr("questions[0].slot is required"));
  question->set_slot(1);
  EXPECT_THAT(Problem(Kind("Survey"), survey), IsEmpty());
  question->add_choices()->set_text("a\x7f");
  EXPECT_THAT(Problem(Kind("Survey"), survey), HasSubstr("questions[0].choices[0].text holds"));
}

TEST(Validate_Survey, RefusesTwoQuestionsInOneSlot) {
  d::Survey survey;
  survey.set_code("S");
  survey.set_title("T");
  for (const char* code : {"Q1", "Q2"}) {
    d::Question* question = survey.add_questions();
    question->set_slot(1);
    question->set_code(code);
    question->set_text("?");
    question->set_form(d::QUESTION_FORM_TEXT);
  }
  EXPECT_THAT(Problem(Kind("Survey"), survey), HasSubstr("questions[1] has the same slot as another"));
}

TEST(Validate_Cycle, RefusesTimesOutOfRange) {
  d::ImprovementCycle cycle;
  cycle.set_code("C");
  cycle.set_title("T");
  cycle.set_aim("A");
  auto* transition = cycle.add_transitions();
  transition->set_to(d::CYCLE_STAGE_IMPLEMENT);
  transition->set_state(d::TRANSITION_STATE_ACCEPTED);
  transition->mutable_at()->set_nanos(1'000'000'000);
  EXPECT_THAT(Problem(Kind("ImprovementCycle"), cycle), HasSubstr("transitions[0].at is not a time"));
  transition->mutable_at()->set_nanos(0);
  EXPECT_THAT(Problem(Kind("ImprovementCycle"), cycle), IsEmpty());
}

TEST(Validate_Staff, RefusesNumbersThatAreNone) {
  d::EducationOrganization school;
  school.set_identifier("S1");
  school.set_name("School");
  school.set_staff_fte(std::nan(""));
  EXPECT_THAT(Problem(Kind("EducationOrganization"), school), HasSubstr("staffFte is not a finite number"));
}

TEST(Validate, StopsAtTwentyViolations) {
  d::ActionStep step = GoodStep();
  for (int i = 0; i < 90; ++i) step.add_evidence("\x01" + std::to_string(i));
  EXPECT_EQ(FindViolations(Kind("ActionStep"), step).size(), 20U);
}

TEST(ParseRecord, NamesTheFieldThatIsNotUtf8) {
  const auto parsed = ParseRecord(Kind("ActionStep"), "\x12\x01\xff");
  EXPECT_THAT(std::string(parsed.status().message()), HasSubstr("title is not UTF-8"));
}

TEST(ParseRecord, RefusesDepthAndSize) {
  EXPECT_FALSE(ParseRecord(Kind("ActionStep"), std::string(kMaxMessageBytes + 1, 'x')).ok());
  EXPECT_FALSE(ParseRecord(Kind("ActionStep"), "\x0a").ok());
  EXPECT_FALSE(ParseRecord(Kind("ActionStep"), "\x0b").ok());
}

TEST(ParseRecord, KeepsUnknownFields) {
  const std::string bytes = GoodStep().SerializeAsString() + "\xfa\x3f\x03new";
  const auto parsed = ParseRecord(Kind("ActionStep"), bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ((*parsed)->SerializeAsString(), bytes);
  EXPECT_TRUE(ValidateBytes(Kind("ActionStep"), bytes).ok());
}

TEST(ParseRecord, SurvivesHostileBytes) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    for (const KindInfo& kind : KindRegistry::BuiltIn().kinds()) {
      const auto parsed = ParseRecord(kind, bytes);
      if (parsed.ok()) FindViolations(kind, **parsed);
    }
  }));
}

TEST(Describe, ExampleOfEveryKindValidates) {
  for (const KindInfo& kind : KindRegistry::BuiltIn().kinds()) {
    auto message = ParseRecord(kind, "");
    ASSERT_TRUE(message.ok());
    const auto status = google::protobuf::util::JsonStringToMessage(ExampleJson(kind), message->get());
    ASSERT_TRUE(status.ok()) << kind.name << ": " << status.ToString() << ExampleJson(kind);
    EXPECT_TRUE(ValidateMessage(kind, **message).ok())
        << ValidateMessage(kind, **message) << ExampleJson(kind);
  }
}

TEST(Describe, SaysFieldsCodesAndWhoSees) {
  const std::string text = DescribeText(Kind("Wave"));
  EXPECT_THAT(text, HasSubstr("disaggregationPlan  group (set, up to 50 elements, seen by public"));
  EXPECT_THAT(text, HasSubstr("- WAVE_MODE_ANONYMOUS: Nothing links; answers go into the ballot box."));
  EXPECT_THAT(DescribeText(Kind("Goal")),
              HasSubstr("In the shared scope by: district admin, district staff."));
  EXPECT_THAT(DescribeJson(Kind("Wave")), HasSubstr(R"("elementKey":"organization")"));
}

TEST(TextFormat, KnowsUtf8) {
  for (const char* good : {"", "abc", "é", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) EXPECT_TRUE(IsUtf8(good));
  for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xc3", "\xe2\x82", "\xff"}) {
    EXPECT_FALSE(IsUtf8(bad)) << testing::PrintToString(bad);
  }
}

TEST(TextFormat, KnowsLanguagesAddressesAndLinks) {
  for (const char* good : {"en", "es-MX", "zh-Hant-TW"})
    EXPECT_FALSE(FormatProblem("language", good)) << good;
  for (const char* bad : {"e", "english language", "en-", "-en", "12"})
    EXPECT_TRUE(FormatProblem("language", bad)) << bad;
  EXPECT_FALSE(FormatProblem("email", "a.b@school.example.org"));
  for (const char* bad : {"a", "@b", "a@", "a@b@c", "a b@c", "a@.b", "a@b,c@d"})
    EXPECT_TRUE(FormatProblem("email", bad)) << bad;
  EXPECT_FALSE(FormatProblem("url", "https://example.org/x"));
  for (const char* bad : {"https://", "javascript:alert(1)", "http://a b", "example.org"}) {
    EXPECT_TRUE(FormatProblem("url", bad)) << bad;
  }
}

}  // namespace
}  // namespace trellis
