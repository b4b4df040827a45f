#include "common/service/record_importer.h"

#include <fstream>
#include <sstream>

#include "tests/unit/report/reference_numbers.h"
#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/staff.pb.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

using domain::v1::EducationOrganization;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<ImportOutcome> Import(ServiceStore* store, const Principal& principal, ImportRequest request) {
  return RecordImporter(store->store(), &store->writer()).Run(principal, request);
}
size_t Count(ServiceStore* store, const std::string& kind, const std::string& scope = "") {
  const auto page = store->reader().List(Admin(), {.kind = kind, .scope = scope, .page_size = 1000});
  EXPECT_TRUE(page.ok()) << page.status();
  return page.ok() ? page->records.size() : 0;
}
ImportRequest Participations(const std::string& text) {
  ImportRequest request;
  request.format = ImportFormat::kParticipations;
  request.activity = "COACH-1";
  request.files["p.csv"] = text;
  return request;
}

TEST(Import, WritesNothingUnlessEveryRowIsWell) {
  ServiceStore oak("oak");
  ImportRequest request =
      Participations("staff,state,minutes\nS-1,attended,30\nS-2,attended,999999\n,absent,\n");
  const auto refused = Import(&oak, Lead("oak"), request);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->created, 0);
  ASSERT_EQ(refused->errors.size(), 2u);
  EXPECT_EQ(refused->errors[0].line, 3);
  EXPECT_EQ(refused->errors[0].column, "minutes");
  EXPECT_EQ(refused->errors[1].line, 4);
  EXPECT_EQ(Count(&oak, "Participation"), 0u);
  request.skip_bad_rows = true;
  const auto skipped = Import(&oak, Lead("oak"), request);
  EXPECT_EQ(skipped->created, 1);
  EXPECT_EQ(skipped->skipped, 2);
  EXPECT_EQ(Count(&oak, "Participation"), 1u);
}

TEST(Import, OfTheSameFileAgainWritesNothing) {
  ServiceStore oak("oak");
  std::string text = "staff,state\n";
  for (int i = 0; i < 1300; ++i) text += "S-" + std::to_string(i) + ",attended\n";
  const auto first = Import(&oak, Lead("oak"), Participations(text));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->created, 1300);
  const auto again = Import(&oak, Lead("oak"), Participations(text));
  EXPECT_EQ(again->created, 0);
  EXPECT_EQ(again->already_imported, 1300);
  // Two people may well look alike: another row is another record.
  EXPECT_EQ(Import(&oak, Lead("oak"), Participations(text + "S-1,attended\n"))->created, 1301);
}

TEST(Import, GoesOnWhereItWasCut) {
  ServiceStore oak("oak");
  const std::string text = "staff,state\nS-1,attended\nS-2,attended\nS-3,attended\n";
  const auto first = Import(&oak, Lead("oak"), Participations(text));
  ASSERT_EQ(first->created, 3);
  // As if the rest had not been written: a store that got only a part of the records.
  ServiceStore elm("oak", 2);
  const RecordId one = oak.reader().List(Lead("oak"), {.kind = "Participation"})->records[0].id;
  CreateRequest part;
  domain::v1::Participation row;
  row.set_staff("S-1");
  row.set_state(domain::v1::PARTICIPATION_STATE_ATTENDED);
  part.records.push_back({"Participation", row.SerializeAsString(), one});
  ASSERT_TRUE(elm.writer().Create(Lead("oak"), part).ok());
  const auto rest = Import(&elm, Lead("oak"), Participations(text));
  EXPECT_EQ(rest->created, 2);
  EXPECT_EQ(rest->already_imported, 1);
}

TEST(Import, OfTheSameRowsAtTwoStoresOfAScopeMakesOneRecordOfEach) {
  ServiceStore oak("oak", 1), laptop("oak", 2);
  const std::string text = "staff,state\nS-1,attended\nS-2,attended\n";
  ASSERT_EQ(Import(&oak, Lead("oak"), Participations(text))->created, 2);
  ASSERT_EQ(Import(&laptop, Lead("oak"), Participations(text))->created, 2);
  SendScope(laptop, "laptop", oak, "oak");
  EXPECT_EQ(Count(&oak, "Participation"), 2u);
  EXPECT_THAT(oak.reader().Conflicts(Lead("oak"), {})->records, IsEmpty());
}

TEST(Import, IsDeniedByDefault) {
  ServiceStore oak("oak");
  EXPECT_EQ(ReasonIn(Import(&oak, PersonWith("nobody", {}), Participations("staff,state\nS-1,attended\n"))),
            "ACCESS_DENIED");
  EXPECT_EQ(ReasonIn(Import(&oak, Lead("oak"), Participations(""))), "FILE_INVALID");
}

TEST(Import, PutsNoAnswersIntoAnAnonymousWave) {
  ServiceStore district("");
  district.Create(Admin(), FromText<domain::v1::Survey>(R"(code: "S" title: "S"
      questions { slot: 1 code: "Q1" text: "Q" form: QUESTION_FORM_TEXT })"));
  district.Create(Admin(), FromText<domain::v1::Wave>(R"(code: "W" survey: "S" state: WAVE_STATE_PLANNED
      open_date: "2026-09-01" close_date: "2026-09-30" audience: AUDIENCE_STAFF mode: WAVE_MODE_ANONYMOUS)"));
  ImportRequest request;
  request.survey = "S";
  request.wave = "W";
  request.site_column = "site";
  request.files["r.csv"] = "site,Q1\noak,x\n";
  EXPECT_EQ(ReasonIn(Import(&district, Admin(), request)), "ANONYMOUS_WAVE_UNAVAILABLE");
}

class Roster : public testing::Test {
 protected:
  Roster() : district_("") {
    for (const auto& [identifier, site] : {std::pair("1001", "oak"), std::pair("1002", "elm")}) {
      EducationOrganization school;
      school.set_identifier(identifier);
      school.set_name(site);
      school.set_site(site);
      district_.Create(Admin(), school);
      EXPECT_TRUE(district_.replica()->BeginScope(site).ok());
    }
    request_.format = ImportFormat::kOneRoster;
    request_.files["orgs.csv"] =
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
        "o1,active,,Oak Hill,school,1001,\no2,active,,Elm,school,1002,\n";
    request_.files["users.csv"] = Users("Ruiz");
  }
  static std::string Users(const std::string& family) {
    return "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
           "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
           "u1,active,,true,\"o1,o2\",teacher,ana,,Ana," +
           family + ",,S-1,ana@example.org,,,,,secret\nu2,active,,true,o1,student,kid,,Kid,Doe,,,,,,,,\n";
  }
  ServiceStore district_;
  ImportRequest request_;
};

TEST_F(Roster, MakesStaffAndAssignmentsAndBringsThemUpToDate) {
  const auto first = Import(&district_, Admin(), request_);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(first->errors, IsEmpty());
  EXPECT_EQ(first->created, 3);  // Ana, and two assignments
  EXPECT_EQ(first->updated, 2);  // names of the two schools
  EXPECT_EQ(first->skipped, 1);  // the pupil
  EXPECT_EQ(Count(&district_, "Assignment", "elm"), 1u);
  const auto again = Import(&district_, Admin(), request_);
  EXPECT_EQ(again->created + again->updated, 0);
  EXPECT_EQ(again->already_imported, 5);
  district_.clock().Advance(86'400'000);
  request_.files["users.csv"] = Users("Reyes");
  const auto next = Import(&district_, Admin(), request_);
  EXPECT_EQ(next->created, 0);
  EXPECT_EQ(next->updated, 2);  // and her name at the second school
  const auto ana = district_.reader().Get(Admin(), {"Staff", "S-1", "oak"});
  EXPECT_EQ(DataOf<domain::v1::Staff>(*ana).family_name(), "Reyes");
}

TEST_F(Roster, WorksHereSinceTheCurrentSchoolYearBegan) {
  district_.Create(Admin(), FromText<domain::v1::SchoolYear>(
                                R"(code: "2019-20" begin_date: "2019-08-12" end_date: "2020-06-05")"));
  district_.Create(Admin(),
                   FromText<domain::v1::SchoolYear>(
                       R"(code: "2020-21" begin_date: "2020-08-10" end_date: "2021-06-04" current: true)"));
  ASSERT_TRUE(Import(&district_, Admin(), request_).ok());
  const auto page = district_.reader().List(Admin(), {.kind = "Assignment", .scope = "elm"});
  ASSERT_TRUE(page.ok()) << page.status();
  domain::v1::Assignment assignment;
  assignment.CopyFrom(*page->records.at(0).data);
  EXPECT_EQ(assignment.begin_date(), "2020-08-10");
}

TEST_F(Roster, SaysOnADryRunWhatItWouldDo) {
  request_.dry_run = true;
  const auto tried = Import(&district_, Admin(), request_);
  EXPECT_EQ(tried->created, 3);
  EXPECT_EQ(tried->updated, 2);
  EXPECT_EQ(Count(&district_, "Staff", "oak"), 0u);
}

TEST_F(Roster, LeavesDeletedPeopleDeleted) {
  ASSERT_TRUE(Import(&district_, Admin(), request_).ok());
  ASSERT_TRUE(district_.writer().Delete(Admin(), {{"Staff", "S-1", "oak"}, "", ""}).ok());
  const auto again = Import(&district_, Admin(), request_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->created, 0);
  EXPECT_EQ(Count(&district_, "Staff", "oak"), 0u);
  EXPECT_THAT(again->notes, testing::Contains(HasSubstr("deleted here")));
}

TEST(ImportOrganizations, TakesAStatesSchoolsAndListsThem) {
  TRELLIS_REQUIRE_TEST_DATA();
  ServiceStore district("");
  ImportRequest request;
  request.format = ImportFormat::kOrganizations;
  request.column_map = {
      {"identifier", "cds"}, {"name", "sname"}, {"agency_name", "dname"}, {"county", "cname"}};
  std::ifstream file(TestDataPath("roster/apipop_california_schools_2000.csv"));
  std::stringstream bytes;
  bytes << file.rdbuf();
  request.files["apipop.csv"] = bytes.str();
  const auto imported = Import(&district, Admin(), request);
  ASSERT_TRUE(imported.ok()) << imported.status();
  for (const ImportRowError& error : imported->errors) ADD_FAILURE() << error.line << " " << error.message;
  EXPECT_EQ(imported->created, 6194);
  EXPECT_EQ(Import(&district, Admin(), request)->already_imported, 6194);
  const auto center = district.reader().List(Admin(), {.kind = "EducationOrganization",
                                                       .filter = "agency_name = \"Center Jt. Unified\"",
                                                       .order_by = "name"});
  ASSERT_TRUE(center.ok()) << center.status();
  EXPECT_EQ(center->records.size(), 6u);
  ListQuery query{.kind = "EducationOrganization", .page_size = 1000};
  size_t listed = 0;
  do {
    const auto page = district.reader().List(Admin(), query);
    ASSERT_TRUE(page.ok()) << page.status();
    listed += page->records.size();
    query.page_token = page->next_page_token;
  } while (!query.page_token.empty());
  EXPECT_EQ(listed, 6194u);
}

}  // namespace
}  // namespace trellis
