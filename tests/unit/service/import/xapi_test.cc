#include "common/service/import/xapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "common/interchange/xapi_writer.h"
#include "common/service/import/json_rows.h"
#include "nlohmann/json.hpp"
#include "trellis/domain/v1/activity.pb.h"

namespace trellis {
namespace {

using domain::v1::Activity;
using domain::v1::Participation;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kId[] = "0c3e6a52-1f0b-4a8e-9a53-1f3d2b6f7c01";

class People : public ImportLookup {
 public:
  absl::StatusOr<Organization> FindOrganization(std::string_view) const override {
    return absl::NotFoundError("none");
  }
  absl::StatusOr<Person> FindPerson(std::string_view key) const override {
    if (key == "ana@example.org" || key == "S-1") return Person{"S-1", "oak", "1001"};
    if (key == "bo@example.org" || key == "S-2") return Person{"S-2", "elm", "1002"};
    return absl::NotFoundError("nobody is known as " + std::string(key));
  }
  absl::StatusOr<std::string> FindActivity(std::string_view name) const override {
    if (name == "https://mooc.example/trust" || name == "TRUST") return std::string("TRUST");
    return absl::NotFoundError("none");
  }
  std::string own_site() const override { return ""; }
};

ImportPlan Plan(const std::string& text, const std::string& activity = "") {
  auto plan = PlanXapi("s.json", text, {.activity = activity, .file_hash = "00ff"}, People());
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *std::move(plan) : ImportPlan();
}
Participation At(const ImportPlan& plan, size_t index) {
  Participation message;
  EXPECT_TRUE(message.ParseFromString(plan.records.at(index).data));
  return message;
}
std::string Completed(const std::string& actor, const std::string& id = kId,
                      const std::string& object = "https://mooc.example/trust") {
  return R"({"id":")" + id + R"(","actor":)" + actor +
         R"(,"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":")" + object +
         R"(","definition":{"name":{"de":"Vertrauen","en-US":"Trust in teams"}}},)"
         R"("result":{"duration":"PT1H30M"},"timestamp":"2026-10-03T14:05:00.000Z"})";
}
const std::string kAna = R"({"mbox":"mailto:ana@example.org"})";

TEST(PlanXapi, MakesAParticipationOfACompletion) {
  const ImportPlan plan = Plan("[" + Completed(kAna) + "]");
  EXPECT_THAT(plan.errors, IsEmpty());
  ASSERT_EQ(plan.records.size(), 1u);
  EXPECT_EQ(plan.records[0].scope, "oak");
  EXPECT_EQ(ImportedRecordId(HashKey{}, plan.records[0]).ToString(), kId);
  const Participation participation = At(plan, 0);
  EXPECT_EQ(participation.staff(), "S-1");
  EXPECT_EQ(participation.activity(), "TRUST");
  EXPECT_EQ(participation.state(), domain::v1::PARTICIPATION_STATE_COMPLETED);
  EXPECT_EQ(participation.minutes(), 90u);
  EXPECT_EQ(participation.date(), "2026-10-03");
}

TEST(PlanXapi, TellsWhoIsNotKnownByLine) {
  const ImportPlan plan =
      Plan("[\n" + Completed(kAna) + ",\n" +
           Completed(R"({"mbox":"mailto:eve@x.org"})", "0c3e6a52-1f0b-4a8e-9a53-1f3d2b6f7c02") +
           ",\n{\"verb\":{}},\n{broken},\n" +
           Completed(R"({"account":{"homePage":"https://x.org","name":"S-2"}})",
                     "0c3e6a52-1f0b-4a8e-9a53-1f3d2b6f7c03") +
           "]");
  EXPECT_EQ(plan.rows, 5);
  EXPECT_EQ(plan.records.size(), 2u);
  EXPECT_EQ(plan.records[1].scope, "elm");
  ASSERT_EQ(plan.errors.size(), 3u);
  EXPECT_EQ(plan.errors[0].line, 5);  // what is no JSON is found first
  EXPECT_EQ(plan.errors[1].line, 3);
  EXPECT_EQ(plan.errors[1].column, "actor.mbox");
  EXPECT_THAT(plan.errors[1].message, HasSubstr("nobody is known as eve@x.org"));
  EXPECT_EQ(plan.errors[2].line, 4);
}

TEST(PlanXapi, TakesAStatementOnceAndAVoidedOneNotAtAll) {
  const std::string other = "0c3e6a52-1f0b-4a8e-9a53-1f3d2b6f7c09";
  const ImportPlan plan =
      Plan(Completed(kAna) + "\n" + Completed(kAna) + "\n" + Completed(kAna, other) + "\n" +
           R"({"actor":{"mbox":"mailto:x@y.z"},"verb":{"id":"http://adlnet.gov/expapi/verbs/voided"},)" +
           R"("object":{"objectType":"StatementRef","id":")" + other + "\"}}");
  EXPECT_EQ(plan.records.size(), 1u);
  EXPECT_EQ(plan.passed_over, 2);
  EXPECT_THAT(plan.notes, Contains(HasSubstr("more than once")));
}

TEST(PlanXapi, MakesAnActivityOfWhatIsNotKnown) {
  const std::string second = "0c3e6a52-1f0b-4a8e-9a53-1f3d2b6f7c0a";
  const std::string text =
      R"({"statements":[)" + Completed(kAna, kId, "https://mooc.example/new") + "," +
      Completed(R"({"mbox":"mailto:bo@example.org"})", second, "https://mooc.example/new") + "]}";
  const ImportPlan plan = Plan(text);
  ASSERT_EQ(plan.records.size(), 3u);
  Activity activity;
  ASSERT_TRUE(activity.ParseFromString(plan.records[0].data));
  EXPECT_EQ(activity.code(), "TRUST-IN-TEAMS");
  EXPECT_EQ(activity.external_id(), "https://mooc.example/new");
  EXPECT_EQ(At(plan, 1).activity(), "TRUST-IN-TEAMS");
  EXPECT_EQ(At(plan, 2).activity(), "TRUST-IN-TEAMS");
  const ImportPlan named = Plan(text, "TRUST");
  EXPECT_EQ(named.records.size(), 2u);
}

TEST(PlanXapi, MakesOneParticipationForEachMemberOfAGroup) {
  const ImportPlan plan = Plan(Completed(
      R"({"objectType":"Group","member":[{"mbox":"mailto:ana@example.org"},{"mbox":"mailto:bo@example.org"}]})"));
  ASSERT_EQ(plan.records.size(), 2u);
  EXPECT_NE(ImportedRecordId(HashKey{}, plan.records[0]), ImportedRecordId(HashKey{}, plan.records[1]));
}

TEST(PlanXapi, RefusesWhatIsNoJson) {
  EXPECT_FALSE(PlanXapi("s.json", "[{\"a\":", {}, People()).ok());
  EXPECT_FALSE(PlanXapi("s.json", "", {}, People()).ok());
  EXPECT_FALSE(PlanXapi("s.json", std::string(100000, '['), {}, People()).ok());
}

TEST(WriteXapi, IsReadBackToTheSameParticipations) {
  XapiSource source;
  domain::v1::Staff ana;
  ana.set_staff_unique_id("S-1");
  ana.set_given_name("Ana");
  ana.set_family_name("Ruiz");
  ana.set_email("ana@example.org");
  domain::v1::Staff bo;
  bo.set_staff_unique_id("S-2");
  source.staff = {{"a", "oak", 0, ana}, {"b", "elm", 0, bo}};
  Activity trust;
  trust.set_code("TRUST");
  trust.set_title("Trust \"in\" teams");
  source.activities = {{"t", "shared", 0, trust}};
  const auto add = [&](const std::string& id, const std::string& staff,
                       domain::v1::ParticipationState state) {
    Participation participation;
    participation.set_staff(staff);
    participation.set_activity("TRUST");
    participation.set_state(state);
    participation.set_minutes(45);
    participation.set_date("2026-10-03");
    source.participations.push_back({id, "oak", 0, participation});
  };
  add(kId, "S-1", domain::v1::PARTICIPATION_STATE_COMPLETED);
  add("0c3e6a52-1f0b-4a8e-9a53-1f3d2b6f7c02", "S-2", domain::v1::PARTICIPATION_STATE_PARTIALLY_ATTENDED);
  add("0c3e6a52-1f0b-4a8e-9a53-1f3d2b6f7c03", "S-2", domain::v1::PARTICIPATION_STATE_ABSENT);
  const XapiStatements written = WriteXapi(source, "https://oak.example/staff");
  EXPECT_EQ(written.statements, 2);
  EXPECT_EQ(written.notes.size(), 1u);
  for (const auto& statement : nlohmann::json::parse(written.json)) {
    const auto& actor = statement.at("actor");
    EXPECT_EQ(actor.count("mbox") + actor.count("account"), 1u);
    EXPECT_TRUE(statement.at("verb").at("display").is_object());
    EXPECT_TRUE(statement.at("object").at("id").get<std::string>().starts_with("urn:trellis:activity:"));
    EXPECT_EQ(statement.at("version"), "1.0.0");
  }
  const ImportPlan plan = Plan(written.json);
  EXPECT_THAT(plan.errors, IsEmpty());
  ASSERT_EQ(plan.records.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    Participation back = At(plan, i);
    EXPECT_EQ(ImportedRecordId(HashKey{}, plan.records[i]).ToString(), source.participations[i].id);
    const Participation& there = source.participations[i].message;
    EXPECT_EQ(back.staff() + back.activity() + back.date(), there.staff() + there.activity() + there.date());
    EXPECT_EQ(back.state(), there.state());
    EXPECT_EQ(back.minutes(), there.minutes());
  }
}

TEST(PlanXapi, ReadsTheExamplesOfTheSpecification) {
  const char* data = std::getenv("TRELLIS_TEST_DATA");
  if (data == nullptr) GTEST_SKIP() << "TRELLIS_TEST_DATA is not set";
  std::ifstream file(std::string(data) + "/xapi/xapi_spec_1.0.3_statements.json");
  std::stringstream text;
  text << file.rdbuf();
  const ImportPlan plan = Plan(text.str());
  EXPECT_EQ(plan.rows, 9);
  EXPECT_THAT(plan.records, IsEmpty());  // nobody in it is known
  EXPECT_EQ(plan.errors.size(), 4u);     // one learner, and three members of a group
}

}  // namespace
}  // namespace trellis
