#include "common/service/import/oneroster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/interchange/oneroster_writer.h"
#include "common/spreadsheet/zip_archive.h"
#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

using domain::v1::Assignment;
using domain::v1::EducationOrganization;
using domain::v1::Staff;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Two schools with a site, a district office without, and one person who is known.
class Schools : public ImportLookup {
 public:
  absl::StatusOr<Organization> FindOrganization(std::string_view text) const override {
    if (text == "01001" || text == "1001") return Organization{"01001", "oak"};
    if (text == "1002") return Organization{"1002", "elm"};
    if (text == "1003") return Organization{"1003", ""};
    return absl::NotFoundError("no organization is called " + std::string(text));
  }
  absl::StatusOr<Person> FindPerson(std::string_view key) const override {
    if (key == "old1") return Person{"0042", "oak", "01001"};
    return absl::NotFoundError("nobody");
  }
  absl::StatusOr<std::string> FindActivity(std::string_view) const override {
    return absl::NotFoundError("none");
  }
  std::string own_site() const override { return ""; }
};

using Files = std::map<std::string, std::string>;

absl::StatusOr<ImportPlan> TryPlan(const Files& files) {
  const absl::StatusOr<RosterTables> tables = ReadRosterFiles(files, {});
  if (!tables.ok()) return tables.status();
  OneRosterOptions options;
  options.begin_date = "2026-08-01";
  options.today = "2026-11-23";
  return PlanOneRoster(*tables, options, Schools());
}
ImportPlan Plan(const Files& files) {
  absl::StatusOr<ImportPlan> plan = TryPlan(files);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *std::move(plan) : ImportPlan();
}
template <typename Message>
std::vector<Message> Of(const ImportPlan& plan, const std::string& kind) {
  std::vector<Message> all;
  for (const PlannedRecord& record : plan.records) {
    if (record.kind != kind) continue;
    Message message;
    EXPECT_TRUE(message.ParseFromString(record.data));
    all.push_back(std::move(message));
  }
  return all;
}
std::string ErrorsOf(const ImportPlan& plan) {
  std::string text;
  for (const ImportRowError& error : plan.errors) {
    text += error.file + ":" + std::to_string(error.line) + " " + error.column + " " + error.message + "\n";
  }
  return text;
}

constexpr char kOrgs[] =
    "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
    "o1,,,Oak Hill Elementary,school,01001,d1\n"
    "o2,,,Elm,school,1002,nowhere\n"
    "d1,,,District,district,1003,\n";
constexpr char kUsers11[] =
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
    "u1,active,,true,\"o1,o2\",teacher,ana,,Ana,Ruiz,,S-1,ana@example.org,,,,,hunter2\n"
    "u2,active,,true,o1,student,kid,,Kid,Doe,,P-1,,,,,,\n"
    "u3,tobedeleted,,true,o2,administrator,bo,,Bo,Li,,,,,,,,\n"
    "u4,active,,true,d1,aide,cy,,Cy,Ng,,S-4,,,,,,\n";
constexpr char kUsers12[] =
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,"
    "email,preferredGivenName,primaryOrgSourcedId\n"
    "u1,,,true,ana,,Ana,Ruiz,,S-1,ana@example.org,Anita,o2\n"
    "u2,,,true,kid,,Kid,Doe,,,,,\n"
    "u3,,,true,bo,,Bo,Li,,S-3,,,\n";
constexpr char kRoles12[] =
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId\n"
    "r1,,,u1,primary,teacher,2025-08-18,,o1,\n"
    "r2,,,u1,secondary,ext:coach,8/20/2026,,o2,\n"
    "r3,,,u2,primary,student,,,o1,\n"
    "r4,,,u3,primary,principal,,2027-06-30,o2,p1\n";
constexpr char kManifest12[] =
    "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.orgs,bulk\nfile.users,bulk\n"
    "file.roles,bulk\nfile.userProfiles,absent\nfile.academicSessions,absent\n";

Files Version12() {
  return {
      {"manifest.csv", kManifest12}, {"orgs.csv", kOrgs}, {"users.csv", kUsers12}, {"roles.csv", kRoles12}};
}

TEST(PlanOneRoster, MakesStaffAndAssignmentsAndDropsPasswords) {
  const ImportPlan plan = Plan({{"orgs.csv", kOrgs}, {"users.csv", kUsers11}});
  EXPECT_EQ(Of<EducationOrganization>(plan, "EducationOrganization").at(0).parent(), "1003");
  const auto staff = Of<Staff>(plan, "Staff");
  ASSERT_EQ(staff.size(), 2u);
  EXPECT_EQ(staff[0].staff_unique_id(), "S-1");
  EXPECT_EQ(staff[0].organization(), "01001");
  EXPECT_EQ(staff[1].state(), domain::v1::STAFF_STATE_LEFT);
  const auto assignments = Of<Assignment>(plan, "Assignment");
  ASSERT_EQ(assignments.size(), 3u);
  EXPECT_EQ(assignments[1].staff_name(), "Ana Ruiz");
  for (const PlannedRecord& record : plan.records) EXPECT_EQ(record.data.find("hunter2"), std::string::npos);
  EXPECT_EQ(plan.passed_over, 1);
  ASSERT_EQ(plan.errors.size(), 1u);
  EXPECT_EQ(plan.errors[0].line, 5);
  EXPECT_THAT(plan.errors[0].message, HasSubstr("sites add"));
}

TEST(PlanOneRoster, TakesRolesOfVersion12) {
  const ImportPlan plan = Plan(Version12());
  EXPECT_THAT(plan.errors, IsEmpty()) << ErrorsOf(plan);
  const auto staff = Of<Staff>(plan, "Staff");
  ASSERT_EQ(staff.size(), 2u);
  EXPECT_EQ(staff[0].organization(), "1002");  // as primaryOrgSourcedId says
  EXPECT_EQ(staff[0].preferred_name(), "Anita");
  const auto assignments = Of<Assignment>(plan, "Assignment");
  ASSERT_EQ(assignments.size(), 3u);
  EXPECT_EQ(assignments[0].begin_date(), "2025-08-18");
  EXPECT_EQ(assignments[1].classification(), domain::v1::STAFF_CLASSIFICATION_COACH);
  EXPECT_EQ(assignments[1].begin_date(), "2026-08-20");
  EXPECT_EQ(assignments[2].classification(), domain::v1::STAFF_CLASSIFICATION_SCHOOL_ADMINISTRATOR);
  EXPECT_EQ(assignments[2].end_date(), "2027-06-30");
  EXPECT_EQ(plan.passed_over, 1);
}

TEST(PlanOneRoster, MakesTheSameRecordsOfBothVersions) {
  const ImportPlan older = Plan({{"orgs.csv", kOrgs}, {"users.csv", kUsers11}});
  const ImportPlan newer = Plan(Version12());
  const auto identity_of = [](const ImportPlan& plan) {
    for (const PlannedRecord& record : plan.records) {
      if (record.kind == "Assignment" && record.scope == "oak") return record.identity;
    }
    return std::string();
  };
  EXPECT_EQ(identity_of(older), identity_of(newer));
}

TEST(PlanOneRoster, TakesAZipArchiveWithFoldersAndAnyCase) {
  const auto zip = WriteZip({{"Export/Orgs.CSV", kOrgs},
                             {"Export/USERS.csv", kUsers12},
                             {"Export/roles.csv", kRoles12},
                             {"__MACOSX/._orgs.csv", "x"}});
  ASSERT_TRUE(zip.ok()) << zip.status();
  const ImportPlan plan = Plan({{"roster.zip", *zip}});
  EXPECT_THAT(plan.errors, IsEmpty()) << ErrorsOf(plan);
  EXPECT_EQ(Of<Staff>(plan, "Staff").size(), 2u);
  EXPECT_THAT(plan.notes, Contains(HasSubstr("no manifest.csv")));
  EXPECT_THAT(std::string(TryPlan({{"r.zip", zip->substr(0, 100)}}).status().message()),
              HasSubstr("damaged"));
}

TEST(PlanOneRoster, ReadsWhatSpreadsheetsDidToTheFiles) {
  Files files = Version12();
  // A byte order mark, semicolons, mixed line ends, other order and case, a misspelled name, a trailing
  // column.
  files["users.csv"] =
      "\xEF\xBB\xBF"
      "FamilyName;GIVENNAME;sourcedid;identifier;prefferedGivenName;dataLastModified;primaryOrgSourcedId;\r\n"
      "Ruiz;Ana;u1;S-1;Anita;;o2;\r\n\r\n"
      "\"Li\nLee\";Bo;u3;S-3;;;;\r"
      "Doe;Kid;u2;;;\n";
  const ImportPlan plan = Plan(files);
  EXPECT_THAT(plan.errors, IsEmpty()) << ErrorsOf(plan);
  const auto staff = Of<Staff>(plan, "Staff");
  ASSERT_EQ(staff.size(), 2u);
  EXPECT_EQ(staff[0].preferred_name(), "Anita");
  EXPECT_EQ(staff[1].family_name(), "Li\nLee");
  EXPECT_THAT(plan.notes, Contains(HasSubstr("prefferedGivenName was taken as preferredGivenName")));
}

TEST(PlanOneRoster, ReadsWindows1252AndUtf16) {
  Files files = Version12();
  files["users.csv"] =
      "sourcedId,givenName,familyName,identifier\nu1,Jos\xE9,O\x92"
      "Hara,S-1\nu3,Zo\xC3\xAB,N,S-3\n";
  const ImportPlan plan = Plan(files);
  const auto staff = Of<Staff>(plan, "Staff");
  ASSERT_EQ(staff.size(), 2u) << ErrorsOf(plan);
  EXPECT_EQ(staff[0].given_name(), "José");
  EXPECT_EQ(staff[0].family_name(), "O’Hara");
  EXPECT_EQ(staff[1].given_name(), "Zoë");
  EXPECT_THAT(plan.notes, Contains(HasSubstr("Windows-1252")));
  std::string wide = "\xFF\xFE";
  for (const char c : std::string("sourcedId\tgivenName\tfamilyName\tidentifier\r\nu1\tAna\tRuiz\tS-1\r\n")) {
    wide += c;
    wide += '\0';
  }
  files["users.csv"] = wide;
  EXPECT_EQ(Of<Staff>(Plan(files), "Staff").at(0).given_name(), "Ana");
}

TEST(PlanOneRoster, FindsWhatLostItsLeadingZeros) {
  const ImportPlan plan = Plan(
      {{"orgs.csv", "sourcedId,name,type,identifier\n007,Oak,school,1001\n"},
       {"users.csv", "sourcedId,givenName,familyName,identifier\nold1,Ana,Ruiz,42\n"},
       {"roles.csv", "sourcedId,userSourcedId,roleType,role,orgSourcedId\nr1,old1,primary,teacher,7\n"}});
  EXPECT_THAT(plan.errors, IsEmpty()) << ErrorsOf(plan);
  EXPECT_EQ(Of<EducationOrganization>(plan, "EducationOrganization").at(0).identifier(), "01001");
  EXPECT_EQ(Of<Staff>(plan, "Staff").at(0).staff_unique_id(), "0042");
  EXPECT_THAT(plan.notes, Contains(HasSubstr("leading zeros were lost")));
}

TEST(PlanOneRoster, TellsDuplicatesUnknownCodesAndWhatPointsNowhere) {
  Files files = Version12();
  files["users.csv"] +=
      "u3,,,true,bo,,Bob,Li,,S-3,,,\nu1,,,true,ana,,Ana,Ruiz,,S-1,ana@example.org,Anita,o2\n";
  files["roles.csv"] +=
      "r5,,,u1,main,wizard,,,o1,\nr6,,,ghost,primary,teacher,,,o1,\nr7,,,u1,primary,teacher,soon,,o1,\n"
      "r8,,,u1,primary,teacher,,,o9,\n";
  files["orgs.csv"] += "o4,,,Ash,castle,1004,\n,,,Nameless,school,1005,\n";
  files["userProfiles.csv"] = "sourcedId,userSourcedId,profileType,vendorId\np1,u3,x,v\np2,ghost,x,v\n";
  const ImportPlan plan = Plan(files);
  const std::string errors = ErrorsOf(plan);
  EXPECT_THAT(errors, HasSubstr("users.csv:5 sourcedId u3 is also on line 4, with other values"));
  EXPECT_THAT(errors, HasSubstr("roles.csv:6 role \"wizard\" is not one of"));
  EXPECT_THAT(errors, HasSubstr("roles.csv:7 userSourcedId ghost is not in users.csv"));
  EXPECT_THAT(errors, HasSubstr("roles.csv:8 beginDate \"soon\" is no day"));
  EXPECT_THAT(errors, HasSubstr("roles.csv:9 orgSourcedId no organization is called o9"));
  EXPECT_THAT(errors, HasSubstr("orgs.csv:6 sourcedId is missing"));
  EXPECT_EQ(plan.errors.size(), 6u) << errors;
  EXPECT_THAT(plan.notes, Contains(HasSubstr("type \"castle\"")));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("roleType \"main\"")));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("1 lines repeat another")));
  EXPECT_THAT(plan.notes,
              Contains(HasSubstr("2 profiles are of other applications and are not kept; 1 of them")));
}

TEST(PlanOneRoster, TakesADeltaThatOnlyTakesAway) {
  const ImportPlan plan = Plan(
      {{"manifest.csv", "propertyName,value\noneroster.version,1.2\nfile.users,delta\nfile.roles,delta\n"},
       {"users.csv",
        "sourcedId,status,dateLastModified,enabledUser,givenName,familyName\n"
        "old1,tobedeleted,2026-10-01T08:00:00.000Z,,,\nstranger,tobedeleted,2026-10-01,,,\n"},
       {"roles.csv",
        "sourcedId,status,dateLastModified,userSourcedId,role,orgSourcedId\n"
        "r9,tobedeleted,2026-10-02T08:00:00.000Z,old1,teacher,1001\n"}});
  EXPECT_THAT(plan.errors, IsEmpty()) << ErrorsOf(plan);
  ASSERT_EQ(plan.records.size(), 2u);
  const Assignment ended = Of<Assignment>(plan, "Assignment").at(0);
  EXPECT_EQ(ended.end_date(), "2026-10-02");
  EXPECT_EQ(ended.staff(), "0042");
  const Staff left = Of<Staff>(plan, "Staff").at(0);
  EXPECT_EQ(left.state(), domain::v1::STAFF_STATE_LEFT);
  EXPECT_EQ(left.staff_unique_id(), "0042");
  for (const PlannedRecord& record : plan.records) EXPECT_TRUE(record.only_if_known);
}

TEST(PlanOneRoster, RefusesHeaderlessListsAndHalfOfVersion12) {
  EXPECT_THAT(std::string(TryPlan({{"orgs.csv", "Moon\nPhobos\n"}}).status().message()),
              HasSubstr("this is not a OneRoster file"));
  EXPECT_THAT(std::string(TryPlan({{"users.csv", kUsers12}}).status().message()), HasSubstr("roles.csv"));
  EXPECT_THAT(std::string(TryPlan({{"users.csv", ""}}).status().message()),
              HasSubstr("neither orgs.csv nor users.csv"));
}

TEST(PlanOneRoster, TakesSchoolYearsWithTheirTerms) {
  const ImportPlan plan =
      Plan({{"orgs.csv", kOrgs},
            {"academicSessions.csv",
             "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,"
             "schoolYear\n"
             "y27,,,School Year 26-27,schoolYear,8/10/2026,6/4/2027,,2027\n"
             "FALL,,,Fall,term,2026-08-10,2026-12-18,y27,2027\n"
             "BAD,,,Bad,term,whenever,2026-12-18,y27,2027\n"}});
  const auto years = Of<domain::v1::SchoolYear>(plan, "SchoolYear");
  ASSERT_EQ(years.size(), 1u);
  EXPECT_EQ(years[0].begin_date(), "2026-08-10");
  ASSERT_EQ(years[0].terms_size(), 1);
  EXPECT_EQ(years[0].terms(0).code(), "FALL");
  EXPECT_THAT(ErrorsOf(plan), HasSubstr("academicSessions.csv:4 startDate is no day"));
}

// Records as a plan makes them, as an exporter takes them.
template <typename Message>
std::vector<HeldRecord<Message>> Held(const ImportPlan& plan, const std::string& kind) {
  std::vector<HeldRecord<Message>> all;
  for (Message& message : Of<Message>(plan, kind)) {
    all.push_back({"id-" + std::to_string(all.size()), "oak", 1'790'000'000'000, std::move(message)});
  }
  return all;
}
Roster RosterOf(const ImportPlan& plan) {
  return {Held<EducationOrganization>(plan, "EducationOrganization"), Held<Staff>(plan, "Staff"),
          Held<Assignment>(plan, "Assignment"), Held<domain::v1::SchoolYear>(plan, "SchoolYear")};
}
TEST(WriteOneRoster, IsReadBackToEqualRecords) {
  Files files = Version12();
  files["roles.csv"] = kRoles12;
  files["academicSessions.csv"] =
      "sourcedId,title,type,startDate,endDate,parentSourcedId\n2026-27,Year,schoolYear,2026-08-10,2027-06-04,"
      "\n"
      "2026-27:FALL,Fall,term,2026-08-10,2026-12-18,2026-27\n";
  ImportPlan first = Plan(files);
  // What stands in a store has its first day.
  for (PlannedRecord& record : first.records) record.data += record.data_if_new;
  const OneRosterFiles written = WriteOneRoster(RosterOf(first), {.district = "Sample, \"Unified\""});
  EXPECT_THAT(written.files.at("manifest.csv"), HasSubstr("file.roles,bulk\r\n"));
  EXPECT_THAT(written.files.at("manifest.csv"),
              HasSubstr("source.systemName,\"Sample, \"\"Unified\"\"\"\r\n"));
  ImportPlan again = Plan(written.files);
  EXPECT_THAT(again.errors, IsEmpty()) << ErrorsOf(again);
  for (PlannedRecord& record : again.records) record.data += record.data_if_new;
  const auto reparsed = [](const ImportPlan& plan) {
    std::vector<std::string> texts;
    for (const Staff& one : Of<Staff>(plan, "Staff")) texts.push_back(one.DebugString());
    for (const Assignment& one : Of<Assignment>(plan, "Assignment")) texts.push_back(one.DebugString());
    for (const auto& one : Of<EducationOrganization>(plan, "EducationOrganization"))
      texts.push_back(one.DebugString());
    for (const auto& one : Of<domain::v1::SchoolYear>(plan, "SchoolYear")) texts.push_back(one.DebugString());
    return texts;
  };
  EXPECT_EQ(reparsed(first), reparsed(again));
}

TEST(WriteOneRoster, TellsWhoLeftOnlyInADelta) {
  ImportPlan plan = Plan({{"orgs.csv", kOrgs}, {"users.csv", kUsers11}});
  const OneRosterFiles bulk = WriteOneRoster(RosterOf(plan), {});
  EXPECT_THAT(bulk.files.at("users.csv"), Not(HasSubstr("tobedeleted")));
  EXPECT_THAT(bulk.notes, Contains(HasSubstr("left")));
  const OneRosterFiles delta = WriteOneRoster(RosterOf(plan), {.changed_since_ms = 0});
  EXPECT_THAT(delta.files.at("users.csv"), HasSubstr("u3,tobedeleted,2026-09-21T"));
  EXPECT_THAT(delta.files.at("users.csv"), HasSubstr("u1,active,2026-09-21T"));
  EXPECT_THAT(delta.files.at("manifest.csv"), HasSubstr("file.users,delta"));
  const OneRosterFiles nothing = WriteOneRoster(RosterOf(plan), {.changed_since_ms = 1'800'000'000'000});
  EXPECT_THAT(nothing.files.at("users.csv"), Not(HasSubstr("u1,")));
}

}  // namespace
}  // namespace trellis
