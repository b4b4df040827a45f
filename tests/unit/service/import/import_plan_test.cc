#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "common/service/import/kind_rows.h"
#include "common/service/import/plan.h"
#include "common/service/import/response_rows.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two schools with a site, one without.
class TwoSchools : public ImportLookup {
 public:
  explicit TwoSchools(std::string own = "") : own_(std::move(own)) {}
  absl::StatusOr<Organization> FindOrganization(std::string_view text) const override {
    const std::string lower = LowerAscii(text);
    if (lower == "oak" || lower == "1001" || lower == "oak hill elementary")
      return Organization{"1001", "oak"};
    if (lower == "elm" || lower == "1002") return Organization{"1002", "elm"};
    if (lower == "1003") return Organization{"1003", ""};
    return absl::NotFoundError("no organization is called " + std::string(text));
  }
  absl::StatusOr<Person> FindPerson(std::string_view key) const override {
    if (key == "old1") return Person{"0042", "oak", "1001"};
    return absl::NotFoundError("nobody");
  }
  absl::StatusOr<std::string> FindActivity(std::string_view name) const override {
    return absl::NotFoundError("none");
  }
  std::string own_site() const override { return own_; }

 private:
  std::string own_;
};

Table ParseTable(const std::string& text, const std::map<std::string, std::string>& map = {}) {
  absl::StatusOr<Table> table = Table::Parse("t.csv", text, map);
  EXPECT_TRUE(table.ok()) << table.status();
  return *std::move(table);
}

template <typename Message>
Message Parse(const PlannedRecord& record) {
  Message message;
  EXPECT_TRUE(message.ParseFromString(record.data));
  return message;
}

domain::v1::Survey SmallSurvey() {
  domain::v1::Survey survey;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    code: "CLIMATE"
    questions { slot: 1 code: "TRUST1" form: QUESTION_FORM_SINGLE_CHOICE
      choices { value: 1 text: "Disagree" } choices { value: 2 text: "Agree" }
      choices { text: "Don't know" not_scored: true } }
    questions { slot: 2 code: "SAFE" form: QUESTION_FORM_SINGLE_CHOICE
      choices { value: 0 } choices { value: 1 } choices { value: 2 } }
    questions { slot: 4 code: "WHY" form: QUESTION_FORM_TEXT }
    questions { slot: 5 code: "TOOLS" form: QUESTION_FORM_MULTIPLE_CHOICE
      choices { value: 1 text: "video" } choices { value: 2 text: "chat" } }
  )",
                                                            &survey));
  return survey;
}

ResponseRowsOptions SmallWave(domain::v1::WaveMode mode = domain::v1::WAVE_MODE_CONFIDENTIAL) {
  ResponseRowsOptions options;
  options.survey = SmallSurvey();
  options.wave.set_code("W1");
  options.wave.set_mode(mode);
  options.wave.add_disaggregation_plan()->add_attributes("department");
  options.file_hash = "00ff";
  return options;
}

TEST(PlanResponses, TakesValuesWordingsAndSpecialAnswers) {
  const auto plan =
      PlanResponses(ParseTable("trust1,SAFE,role\n2,0,teacher\nagree,NA,\nDon't know,refused,aide\n"
                               ",n/a,\nnot shown,2,\n"),
                    SmallWave(), TwoSchools("oak"));
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->errors, IsEmpty());
  ASSERT_EQ(plan->records.size(), 5u);
  using domain::v1::Response;
  EXPECT_THAT(Parse<Response>(plan->records[0]).answers(), ElementsAre(2, 1));
  EXPECT_THAT(Parse<Response>(plan->records[1]).answers(), ElementsAre(2, 0));
  EXPECT_THAT(Parse<Response>(plan->records[2]).answers(), ElementsAre(3, 125));
  EXPECT_THAT(Parse<Response>(plan->records[3]).answers(), ElementsAre(0, 126));
  EXPECT_THAT(Parse<Response>(plan->records[4]).answers(), ElementsAre(127, 3));
  EXPECT_EQ(plan->records[0].scope, "oak");
  EXPECT_EQ(Parse<Response>(plan->records[0]).role(), "teacher");
}

TEST(PlanResponses, TakesOpenAndMultipleChoiceItemsAndDeclaredAttributes) {
  const auto plan = PlanResponses(ParseTable("WHY,TOOLS,department\nbecause,chat;1,math\n"), SmallWave(),
                                  TwoSchools("oak"));
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto response = Parse<domain::v1::Response>(plan->records[0]);
  EXPECT_THAT(response.answers(), ElementsAre(127, 127, 127, 1, 1));
  EXPECT_EQ(response.texts(0).text(), "because");
  EXPECT_THAT(response.selections(0).positions(), ElementsAre(2, 1));
  EXPECT_EQ(response.attributes(0).value(), "math");
}

TEST(PlanResponses, PlacesRowsByIdentifierCodeOrName) {
  const auto plan = PlanResponses(
      ParseTable("school,SAFE,shoe\n1001,1,x\nOak Hill Elementary,1,x\nelm,1,x\n1003,1,x\nash,1,x\n"),
      [] {
        ResponseRowsOptions options = SmallWave();
        options.site_column = "School";
        return options;
      }(),
      TwoSchools());
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->records.size(), 3u);
  EXPECT_EQ(plan->records[0].scope, "oak");
  EXPECT_EQ(plan->records[1].scope, "oak");
  EXPECT_EQ(plan->records[2].scope, "elm");
  ASSERT_EQ(plan->errors.size(), 2u);
  EXPECT_EQ(plan->errors[0].line, 5);
  EXPECT_THAT(plan->errors[0].message, HasSubstr("has no site yet"));
  EXPECT_EQ(plan->errors[1].line, 6);
  EXPECT_THAT(plan->ignored_columns, ElementsAre("shoe"));
}

TEST(PlanResponses, NamesTheRowAndItemOfABadAnswer) {
  const auto plan = PlanResponses(ParseTable("TRUST1\n7\n"), SmallWave(), TwoSchools("oak"));
  ASSERT_EQ(plan->errors.size(), 1u);
  EXPECT_EQ(plan->errors[0].line, 2);
  EXPECT_EQ(plan->errors[0].column, "TRUST1");
  EXPECT_THAT(plan->errors[0].message, HasSubstr("its choices are 1, 2, Don't know"));
  EXPECT_THAT(plan->records, IsEmpty());
}

TEST(PlanResponses, LeavesThePersonOutOfAConfidentialWave) {
  const Table table = ParseTable("SAFE,staff\n1,S-9\n");
  const auto confidential = PlanResponses(table, SmallWave(), TwoSchools("oak"));
  EXPECT_EQ(Parse<domain::v1::Response>(confidential->records[0]).staff(), "");
  EXPECT_EQ(confidential->notes.size(), 1u);
  const auto named = PlanResponses(table, SmallWave(domain::v1::WAVE_MODE_NAMED), TwoSchools("oak"));
  EXPECT_EQ(Parse<domain::v1::Response>(named->records[0]).staff(), "S-9");
}

TEST(PlanResponses, WantsAnItemAndASite) {
  EXPECT_FALSE(PlanResponses(ParseTable("x\n1\n"), SmallWave(), TwoSchools("oak")).ok());
  EXPECT_THAT(
      std::string(PlanResponses(ParseTable("SAFE\n1\n"), SmallWave(), TwoSchools()).status().message()),
      HasSubstr("--site-column"));
}

TEST(ImportedRecordId, IsTheSameForTheSameRowAndOtherForAnother) {
  PlannedRecord record;
  record.kind = "Response";
  record.scope = "oak";
  record.identity = "00ff:W1:2";
  const HashKey key{1, 2, 3};
  const RecordId id = ImportedRecordId(key, record);
  EXPECT_EQ(id, ImportedRecordId(key, record));
  EXPECT_EQ(id.ToString()[14], '8');
  PlannedRecord other = record;
  other.identity = "00ff:W1:3";
  EXPECT_NE(id, ImportedRecordId(key, other));
  other = record;
  other.scope = "elm";
  EXPECT_NE(id, ImportedRecordId(key, other));
}

TEST(PlanKindRows, TakesParticipationsWithShortCodesAndDefaults) {
  KindRowsOptions options;
  options.kind = KindRegistry::BuiltIn().Find("Participation");
  options.defaults = {{"activity", "COACH-1"}};
  const auto plan =
      PlanKindRows(ParseTable("staff,State,minutes,date,goals\nS-1,attended,90,1/05/2026,G1; G2\n"
                              "S-2,PARTICIPATION_STATE_ABSENT,,,\nS-3,maybe,x,,\n"),
                   options, TwoSchools("oak"));
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->records.size(), 2u);
  const auto first = Parse<domain::v1::Participation>(plan->records[0]);
  EXPECT_EQ(first.state(), domain::v1::PARTICIPATION_STATE_ATTENDED);
  EXPECT_EQ(first.minutes(), 90u);
  EXPECT_EQ(first.date(), "2026-01-05");
  EXPECT_EQ(first.activity(), "COACH-1");
  EXPECT_THAT(first.goals(), ElementsAre("G1", "G2"));
  EXPECT_FALSE(Parse<domain::v1::Participation>(plan->records[1]).has_minutes());
  ASSERT_EQ(plan->errors.size(), 2u);
  EXPECT_THAT(plan->errors[0].message, HasSubstr("one of registered, attended"));
}

TEST(PlanKindRows, ReadsWhatASpreadsheetSavedInItsOwnEncoding) {
  KindRowsOptions options;
  options.kind = KindRegistry::BuiltIn().Find("Participation");
  const auto plan = PlanKindRows(ParseTable("staff;state;reflection\r\nS-1;attended;tr\xE8s bien\r\n"),
                                 options, TwoSchools("oak"));
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(Parse<domain::v1::Participation>(plan->records.at(0)).reflection(), "très bien");
  EXPECT_THAT(plan->notes, ElementsAre(HasSubstr("Windows-1252")));
}

TEST(PlanKindRows, NamesTheColumnThatIsMissing) {
  KindRowsOptions options;
  options.kind = KindRegistry::BuiltIn().Find("Participation");
  EXPECT_THAT(
      std::string(PlanKindRows(ParseTable("who\nS-1\n"), options, TwoSchools("oak")).status().message()),
      HasSubstr("no column staff"));
}

TEST(PlanOrganizations, TakesAForeignHeaderAndReadsTheCdsCode) {
  const auto plan = PlanOrganizations(
      ParseTable("cds,name,sname,dname\n01611190130229,Long,Alameda High,Alameda City Unified\n",
                 {{"identifier", "cds"}, {"name", "sname"}, {"agency_name", "dname"}}),
      *KindRegistry::BuiltIn().Find("EducationOrganization"), TwoSchools());
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto school = Parse<domain::v1::EducationOrganization>(plan->records[0]);
  EXPECT_EQ(school.name(), "Alameda High");
  EXPECT_EQ(school.cds_code(), "01611190130229");
  EXPECT_EQ(school.category(), domain::v1::ORGANIZATION_CATEGORY_SCHOOL);
  EXPECT_THAT(plan->ignored_columns, ElementsAre("name"));
  EXPECT_EQ(plan->records[0].scope, "shared");
}

TEST(RefuseRepeatedCodes, TellsTheSecondRow) {
  auto plan = PlanOrganizations(ParseTable("identifier,name\nA,x\nB,y\nA,z\n"),
                                *KindRegistry::BuiltIn().Find("EducationOrganization"), TwoSchools());
  ASSERT_TRUE(plan.ok());
  RefuseRepeatedCodes(&*plan);
  EXPECT_EQ(plan->records.size(), 2u);
  ASSERT_EQ(plan->errors.size(), 1u);
  EXPECT_THAT(plan->errors[0].message, HasSubstr("also on line 2"));
}

}  // namespace
}  // namespace trellis
