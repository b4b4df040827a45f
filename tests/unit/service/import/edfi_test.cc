#include "common/service/import/edfi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "common/interchange/edfi_writer.h"

namespace trellis {
namespace {

using domain::v1::Activity;
using domain::v1::Assignment;
using domain::v1::Employment;
using domain::v1::Participation;
using domain::v1::Staff;
using domain::v1::Survey;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Schools : public ImportLookup {
 public:
  absl::StatusOr<Organization> FindOrganization(std::string_view text) const override {
    if (text == "255901001" || text == "255901107") return Organization{std::string(text), "oak"};
    return absl::NotFoundError("no organization is called " + std::string(text));
  }
  absl::StatusOr<Person> FindPerson(std::string_view) const override { return absl::NotFoundError("nobody"); }
  absl::StatusOr<std::string> FindActivity(std::string_view) const override {
    return absl::NotFoundError("none");
  }
  std::string own_site() const override { return ""; }
};

absl::StatusOr<Survey> NoSurvey(const std::string&) { return absl::NotFoundError("none"); }

ImportPlan Plan(const std::map<std::string, std::string>& files, const FindSurvey& find = NoSurvey) {
  auto plan = PlanEdFi(files, {.begin_date = "2026-08-01"}, Schools(), find);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *std::move(plan) : ImportPlan();
}
template <typename Message>
std::vector<Message> Of(const ImportPlan& plan) {
  std::vector<Message> all;
  for (const PlannedRecord& record : plan.records) {
    if (record.kind != Message::descriptor()->name()) continue;
    all.emplace_back().ParseFromString(record.data);
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

constexpr char kStaff[] = R"([
 {"staffUniqueId":"207219","firstName":"Ana","lastSurname":"Ruiz",
  "electronicMails":[{"electronicMailAddress":"home@x.org","electronicMailTypeDescriptor":"uri://ed-fi.org/ElectronicMailTypeDescriptor#Home/Personal"},
                     {"electronicMailAddress":"ana@x.org","electronicMailTypeDescriptor":"uri://ed-fi.org/ElectronicMailTypeDescriptor#Work"}]}
])";
constexpr char kAssignments[] = R"([
 {"id":"0123456789abcdef0123456789abcdef","staffReference":{"staffUniqueId":"207219"},
  "educationOrganizationReference":{"educationOrganizationId":255901107},
  "staffClassificationDescriptor":"uri://ed-fi.org/StaffClassificationDescriptor#Instructional Aide","beginDate":"2018-02-09",
  "fullTimeEquivalency":0.5},
 {"staffReference":{"staffUniqueId":"9"},"educationOrganizationReference":{"educationOrganizationId":1},
  "staffClassificationDescriptor":"uri://x#Wizard"}
])";
constexpr char kXmlSurvey[] = R"(<?xml version="1.0" encoding="UTF-8"?>
<InterchangeSurvey xmlns="http://ed-fi.org/5.2.0">
 <Survey><SurveyIdentifier>CE_1</SurveyIdentifier><Namespace>uri://gbisd.edu</Namespace>
  <SurveyTitle>Course Evaluation</SurveyTitle></Survey>
 <SurveyQuestion><QuestionCode>Q1</QuestionCode>
  <SurveyReference><SurveyIdentity><SurveyIdentifier>CE_1</SurveyIdentifier><Namespace>uri://gbisd.edu</Namespace></SurveyIdentity></SurveyReference>
  <QuestionForm>uri://ed-fi.org/QuestionFormDescriptor#Checkbox</QuestionForm><QuestionText>Well organized.</QuestionText>
  <ResponseChoice><SortOrder>2</SortOrder><NumericValue>1</NumericValue><TextValue>Disagree</TextValue></ResponseChoice>
  <ResponseChoice><SortOrder>1</SortOrder><NumericValue>2</NumericValue><TextValue>Agree</TextValue></ResponseChoice>
 </SurveyQuestion>
 <SurveyQuestion><QuestionCode>Q9</QuestionCode>
  <SurveyReference><SurveyIdentity><SurveyIdentifier>OTHER</SurveyIdentifier><Namespace>uri://gbisd.edu</Namespace></SurveyIdentity></SurveyReference>
 </SurveyQuestion>
</InterchangeSurvey>)";

TEST(PlanEdFi, TakesStaffToWhereTheirAssignmentIs) {
  const ImportPlan plan = Plan(
      {{"staffs.json", kStaff}, {"staffEducationOrganizationAssignmentAssociations.json", kAssignments}});
  const auto staff = Of<Staff>(plan);
  ASSERT_EQ(staff.size(), 1u) << ErrorsOf(plan);
  EXPECT_EQ(staff[0].email(), "ana@x.org");
  EXPECT_EQ(staff[0].organization(), "255901107");
  const auto assignments = Of<Assignment>(plan);
  ASSERT_EQ(assignments.size(), 1u);
  EXPECT_EQ(assignments[0].classification(), domain::v1::STAFF_CLASSIFICATION_PARAEDUCATOR);
  EXPECT_EQ(assignments[0].full_time_equivalency(), 0.5);
  EXPECT_EQ(ImportedRecordId(HashKey{}, plan.records.back()).ToString(),
            "01234567-89ab-cdef-0123-456789abcdef");
  EXPECT_THAT(ErrorsOf(plan), HasSubstr("AssignmentAssociations.json:6 educationOrganizationReference"));
}

TEST(PlanEdFi, ReadsASurveyOfBulkXml) {
  const ImportPlan plan = Plan({{"Survey.xml", kXmlSurvey}});
  const auto surveys = Of<Survey>(plan);
  ASSERT_EQ(surveys.size(), 1u);
  EXPECT_EQ(surveys[0].code(), "CE_1");
  ASSERT_EQ(surveys[0].questions_size(), 1);
  const auto& question = surveys[0].questions(0);
  EXPECT_EQ(question.form(), domain::v1::QUESTION_FORM_SINGLE_CHOICE);
  EXPECT_EQ(question.choices(0).text(), "Agree");
  EXPECT_EQ(question.choices(0).value(), 2);
  EXPECT_THAT(ErrorsOf(plan),
              HasSubstr("Survey.xml:11 surveyReference the survey OTHER is not in the files"));
}

TEST(PlanEdFi, KeepsTheSlotsOfAKnownSurvey) {
  const ImportPlan plan =
      Plan({{"Survey.xml", kXmlSurvey}}, [](const std::string&) -> absl::StatusOr<Survey> {
        Survey known;
        known.add_questions()->set_slot(7);
        known.mutable_questions(0)->set_code("Q1");
        return known;
      });
  EXPECT_EQ(Of<Survey>(plan).at(0).questions(0).slot(), 7u);
  EXPECT_TRUE(plan.records.at(0).data_if_new.empty());
}

TEST(PlanEdFi, MakesActivitiesAndParticipationsOfEvents) {
  const ImportPlan plan = Plan(
      {{"all.json",
        std::string(R"({"staffs":)") + kStaff +
            R"(,"staffEducationOrganizationAssignmentAssociations":[{"staffReference":{"staffUniqueId":"207219"},
      "educationOrganizationReference":{"educationOrganizationId":255901001},"beginDate":"2020-01-01",
      "staffClassificationDescriptor":"uri://ed-fi.org/StaffClassificationDescriptor#Teacher"}],
      "professionalDevelopmentEvents":[{"namespace":"uri://gbisd.edu","professionalDevelopmentTitle":"Trust circles",
      "professionalDevelopmentOfferedBies":[{"professionalDevelopmentOfferedByDescriptor":"uri://tpdm.ed-fi.org/X#District"}],
      "required":true,"totalHours":12}],
      "professionalDevelopmentEventAttendances":[{"attendanceDate":"2026-10-03","personReference":{"personId":"207219"},
      "professionalDevelopmentEventReference":{"namespace":"uri://gbisd.edu","professionalDevelopmentTitle":"Trust circles"},
      "attendanceEventCategoryDescriptor":"uri://ed-fi.org/AttendanceEventCategoryDescriptor#In Attendance"}],
      "bellSchedules":[{"x":1}]})"}});
  EXPECT_THAT(plan.errors, IsEmpty()) << ErrorsOf(plan);
  const auto activities = Of<Activity>(plan);
  ASSERT_EQ(activities.size(), 1u);
  EXPECT_EQ(activities[0].code(), "TRUST-CIRCLES");
  EXPECT_EQ(activities[0].requirement(), domain::v1::ACTIVITY_REQUIREMENT_MANDATORY);
  EXPECT_EQ(activities[0].provider(), "District");
  const auto participations = Of<Participation>(plan);
  ASSERT_EQ(participations.size(), 1u);
  EXPECT_EQ(participations[0].activity(), "TRUST-CIRCLES");
  EXPECT_EQ(participations[0].state(), domain::v1::PARTICIPATION_STATE_ATTENDED);
  EXPECT_EQ(plan.passed_over, 1);
}

TEST(PlanEdFi, RefusesWhatIsNeitherJsonNorXml) {
  EXPECT_FALSE(PlanEdFi({{"a.json", "hello"}}, {}, Schools(), NoSurvey).ok());
  EXPECT_FALSE(PlanEdFi({{"a.xml", "<a><b></a>"}}, {}, Schools(), NoSurvey).ok());
  EXPECT_FALSE(PlanEdFi({{"a.json", " "}}, {}, Schools(), NoSurvey).ok());
}

// Records as a plan makes them, as an exporter takes them.
template <typename Message>
std::vector<HeldRecord<Message>> Held(const ImportPlan& plan) {
  std::vector<HeldRecord<Message>> all;
  for (const PlannedRecord& record : plan.records) {
    if (record.kind != Message::descriptor()->name()) continue;
    HeldRecord<Message> held{ImportedRecordId(HashKey{}, record).ToString(), record.scope};
    held.message.ParseFromString(record.data);
    all.push_back(std::move(held));
  }
  return all;
}

TEST(WriteEdFi, IsReadBackToEqualRecords) {
  const ImportPlan first = Plan({{"Survey.xml", kXmlSurvey},
                                 {"staffs.json", kStaff},
                                 {"staffEducationOrganizationAssignmentAssociations.json", kAssignments},
                                 {"employment.json", R"({"staffEducationOrganizationEmploymentAssociations":[
      {"staffReference":{"staffUniqueId":"207219"},"educationOrganizationReference":{"educationOrganizationId":255901001},
       "hireDate":"2018-01-02","employmentStatusDescriptor":"uri://ed-fi.org/EmploymentStatusDescriptor#Probationary"}],
      "professionalDevelopmentEvents":[{"namespace":"uri://gbisd.edu","professionalDevelopmentTitle":"Trust circles",
      "required":false,"totalHours":3,"professionalDevelopmentOfferedBies":[{"professionalDevelopmentOfferedByDescriptor":"x#District"}]}]})"}});
  const EdFiFiles written = WriteEdFi({{},
                                       Held<Staff>(first),
                                       Held<Assignment>(first),
                                       Held<Employment>(first),
                                       Held<Survey>(first),
                                       Held<Activity>(first),
                                       Held<Participation>(first)},
                                      "uri://gbisd.edu");
  EXPECT_THAT(written.files.at("surveyQuestions.json"),
              HasSubstr("uri://ed-fi.org/QuestionFormDescriptor#Radio box"));
  const ImportPlan again = Plan(written.files);
  EXPECT_THAT(again.errors, IsEmpty()) << ErrorsOf(again);
  std::map<std::string, std::string> before, after;
  for (const auto& [plan, to] : {std::pair(&first, &before), std::pair(&again, &after)}) {
    for (const PlannedRecord& record : plan->records) {
      (*to)[record.kind + ImportedRecordId(HashKey{}, record).ToString()] = record.data;
    }
  }
  EXPECT_EQ(before.size(), 5u);
  EXPECT_EQ(before, after);
}

TEST(PlanEdFi, ReadsTheSampleOfTheDataStandard) {
  const char* data = std::getenv("TRELLIS_TEST_DATA");
  if (data == nullptr) GTEST_SKIP() << "TRELLIS_TEST_DATA is not set";
  std::map<std::string, std::string> files;
  for (const char* name : {"Survey.xml", "StaffAssociation.xml", "EducationOrganization.xml"}) {
    std::ifstream file(std::string(data) + "/edfi/" + name);
    std::stringstream text;
    text << file.rdbuf();
    files[name] = text.str();
  }
  const ImportPlan plan = Plan(files);
  const auto surveys = Of<Survey>(plan);
  ASSERT_EQ(surveys.size(), 1u);
  EXPECT_EQ(surveys[0].questions_size(), 9);  // four, and a matrix of five rows
  EXPECT_FALSE(Of<Staff>(plan).empty());
  EXPECT_THAT(plan.notes, Contains(HasSubstr("528 resources of the type staffsectionassociation")));
}

}  // namespace
}  // namespace trellis
