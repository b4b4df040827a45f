#include "common/service/record_writer.h"

#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/goal.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/response.pb.h"
#include "trellis/domain/v1/staff.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

using domain::v1::ActionStep;
using domain::v1::Goal;
using domain::v1::Participation;
using domain::v1::Staff;
using domain::v1::Wave;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ActionStep Step(const std::string& code = "C7-1") {
  ActionStep step;
  step.set_code(code);
  step.set_title("Open the doors");
  return step;
}
Staff Person(const std::string& id = "S-1") {
  Staff staff;
  staff.set_staff_unique_id(id);
  staff.set_given_name("Ana");
  staff.set_family_name("Ruiz");
  return staff;
}

TEST(CreateRecord, StandsInTheKindsHomeWithItsActor) {
  ServiceStore oak("oak");
  EXPECT_EQ(oak.Create(Lead("oak"), Step()).scope, "shared");
  const RecordAnswer staff = oak.Create(Lead("oak"), Person());
  EXPECT_EQ(staff.scope, "oak");
  EXPECT_EQ(staff.code, "S-1");
  EXPECT_EQ(staff.created_by, "lead-oak");
  ServiceStore district("");
  EXPECT_EQ(district.Create(Admin(), Step()).created_by, "district/admin");
}

TEST(CreateRecord, WantsAKnownScopeAtTheDistrict) {
  ServiceStore district("");
  EXPECT_EQ(ReasonIn(district.TryCreate(Admin(), Person())), "SCOPE_REQUIRED");
  EXPECT_EQ(ReasonIn(district.TryCreate(Admin(), Person(), "oka")), "SCOPE_UNKNOWN");
  EXPECT_EQ(ReasonIn(district.TryCreate(Admin(), Person(), "../x")), "SCOPE_UNKNOWN");
  ASSERT_TRUE(district.replica()->BeginScope("oak").ok());
  EXPECT_EQ(district.Create(Admin(), Person(), "oak").scope, "oak");
  EXPECT_EQ(ReasonIn(district.TryCreate(Admin(), Person("S-2"), "shared")), "SCOPE_UNKNOWN");
}

TEST(CreateRecord, NamesTheFieldsThatAreWrong) {
  ServiceStore oak("oak");
  Participation wrong;
  wrong.set_minutes(100001);
  wrong.set_date("tomorrow");
  const auto refused = oak.TryCreate(Lead("oak"), wrong);
  EXPECT_EQ(ReasonIn(refused), "FIELD_INVALID");
  EXPECT_THAT(FieldsIn(refused), ElementsAre("staff", "date", "state", "minutes"));
}

TEST(CreateRecord, IsDeniedByDefault) {
  ServiceStore oak("oak");
  EXPECT_EQ(ReasonIn(oak.TryCreate(PersonWith("nobody", {}), Step())), "ACCESS_DENIED");
  EXPECT_EQ(ReasonIn(oak.TryCreate(Lead("elm"), Person())), "ACCESS_DENIED");
  EXPECT_EQ(ReasonIn(oak.TryCreate(Teacher("oak"), Person())), "ACCESS_DENIED");
}

TEST(CreateRecord, RefusesACodeThatIsTaken) {
  ServiceStore oak("oak");
  oak.Create(Lead("oak"), Person());
  EXPECT_EQ(ReasonIn(oak.TryCreate(Lead("oak"), Person())), "CODE_TAKEN");
}

TEST(CreateRecord, AnswersTheSameRequestWithTheSameRecord) {
  ServiceStore oak("oak");
  const auto first = oak.TryCreate(Lead("oak"), Person(), "", "r-1");
  const auto again = oak.TryCreate(Lead("oak"), Person(), "", "r-1");
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->id, again->id);
  Participation part;
  part.set_staff("S-1");
  part.set_state(domain::v1::PARTICIPATION_STATE_ATTENDED);
  const auto third = oak.TryCreate(Lead("oak"), part, "", "r-2");
  const auto fourth = oak.TryCreate(Lead("oak"), part, "", "r-2");
  EXPECT_EQ(third->id, fourth->id);
  // Somebody else's request of that name is another request.
  const auto other = oak.TryCreate(Teacher("oak"), part, "", "r-2");
  EXPECT_NE(third->id, other->id);
}

TEST(CreateRecord, WritesABatchWholeOrNotAtAll) {
  ServiceStore oak("oak");
  CreateRequest request;
  request.records.push_back({"Staff", Person("S-1").SerializeAsString(), std::nullopt});
  request.records.push_back({"Staff", Staff().SerializeAsString(), std::nullopt});
  const auto refused = oak.writer().Create(Lead("oak"), request);
  EXPECT_THAT(FieldsIn(refused), testing::Contains("records[1].staffUniqueId"));
  EXPECT_TRUE(oak.reader().List(Lead("oak"), {.kind = "Staff"})->records.empty());
  request.records.pop_back();
  request.validate_only = true;
  EXPECT_TRUE(oak.writer().Create(Lead("oak"), request).ok());
  EXPECT_TRUE(oak.reader().List(Lead("oak"), {.kind = "Staff"})->records.empty());
}

TEST(CreateRecord, RefusesToOpenAnAnonymousWave) {
  ServiceStore district("");
  Wave wave = FromText<Wave>(R"(code: "W" survey: "S" state: WAVE_STATE_PLANNED open_date: "2026-09-01"
      close_date: "2026-09-30" audience: AUDIENCE_STAFF mode: WAVE_MODE_ANONYMOUS)");
  const RecordAnswer planned = district.Create(Admin(), wave);
  domain::v1::Response response;
  response.set_survey("S");
  response.set_wave("W");
  ASSERT_TRUE(district.replica()->BeginScope("oak").ok());
  EXPECT_EQ(ReasonIn(district.TryCreate(Admin(), response, "oak")), "ANONYMOUS_WAVE_UNAVAILABLE");
  Wave open;
  open.set_state(domain::v1::WAVE_STATE_OPEN);
  EXPECT_EQ(ReasonIn(district.Update(Admin(), "W", open)), "ANONYMOUS_WAVE_UNAVAILABLE");
  wave.set_code("W2");
  wave.set_close_date("2026-08-01");
  EXPECT_THAT(FieldsIn(district.TryCreate(Admin(), wave)), ElementsAre("closeDate"));
}

TEST(UpdateRecord, ChangesOnlyWhatIsPresent) {
  ServiceStore oak("oak");
  const RecordAnswer before = oak.Create(Lead("oak"), Step());
  ActionStep change;
  change.set_notes("Ms. Lee has the key");
  const auto after = oak.Update(Lead("oak"), "C7-1", change);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(DataOf<ActionStep>(*after).title(), "Open the doors");
  EXPECT_EQ(DataOf<ActionStep>(*after).notes(), "Ms. Lee has the key");
  EXPECT_NE(after->version, before.version);
  // Nothing differs: nothing is written.
  EXPECT_EQ(oak.Update(Lead("oak"), "C7-1", change)->version, after->version);
}

TEST(UpdateRecord, ClearsByMask) {
  ServiceStore oak("oak");
  ActionStep step = Step();
  step.set_notes("x");
  step.add_codes("A");
  step.add_codes("B");
  oak.Create(Lead("oak"), step);
  UpdateRequest request;
  request.name = {"ActionStep", "C7-1", ""};
  request.mask = {"notes", "codes"};
  ActionStep change;
  change.add_codes("B");
  request.data = change.SerializeAsString();
  const auto after = oak.writer().Update(Lead("oak"), request);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(DataOf<ActionStep>(*after).notes(), "");
  EXPECT_THAT(DataOf<ActionStep>(*after).codes(), ElementsAre("B"));
  request.mask = {"title"};
  EXPECT_THAT(FieldsIn(oak.writer().Update(Lead("oak"), request)), ElementsAre("title"));
  request.mask = {"colour"};
  EXPECT_EQ(ReasonIn(oak.writer().Update(Lead("oak"), request)), "FIELD_UNKNOWN");
}

TEST(UpdateRecord, RefusesAnOldEtag) {
  ServiceStore oak("oak");
  const std::string etag = oak.Create(Lead("oak"), Step()).version.ToHex();
  ActionStep change;
  change.set_notes("one");
  ASSERT_TRUE(oak.Update(Lead("oak"), "C7-1", change, etag).ok());
  change.set_notes("two");
  const auto refused = oak.Update(Lead("oak"), "C7-1", change, etag);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonIn(refused), "ETAG_MISMATCH");
  EXPECT_THAT(FieldsIn(oak.Update(Lead("oak"), "C7-1", change, "nonsense")), ElementsAre("etag"));
}

TEST(UpdateRecord, ChangesNoFieldThatIsHidden) {
  ServiceStore oak("oak");
  Participation part;
  part.set_staff("S-9");
  part.set_state(domain::v1::PARTICIPATION_STATE_ATTENDED);
  part.set_reflection("mine alone");
  const RecordAnswer mine = oak.Create(Teacher("oak"), part);
  EXPECT_EQ(DataOf<Participation>(mine).reflection(), "mine alone");
  const auto seen = oak.reader().Get(Lead("oak"), {"Participation", mine.id.ToString(), ""});
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(DataOf<Participation>(*seen).reflection(), "");
  Participation change;
  change.set_reflection("theirs");
  EXPECT_EQ(ReasonIn(oak.Update(Lead("oak"), mine.id.ToString(), change)), "ACCESS_DENIED");
  // A change of another field leaves the hidden one as it is.
  Participation minutes;
  minutes.set_minutes(30);
  ASSERT_TRUE(oak.Update(Lead("oak"), mine.id.ToString(), minutes).ok());
  EXPECT_EQ(
      DataOf<Participation>(*oak.reader().Get(Teacher("oak"), {"Participation", mine.id.ToString(), ""}))
          .reflection(),
      "mine alone");
}

TEST(UpdateRecord, LeavesAnswersAloneOnceWritten) {
  ServiceStore oak("oak");
  domain::v1::Response response;
  response.set_survey("S");
  response.set_wave("W");
  response.add_answers(3);
  const RecordAnswer written = oak.Create(Teacher("oak"), response);
  EXPECT_EQ(DataOf<domain::v1::Response>(written).answers_size(), 0);  // the district's to see
  domain::v1::Response change;
  change.set_language("es");
  EXPECT_EQ(ReasonIn(oak.Update(Teacher("oak"), written.id.ToString(), change)), "APPEND_ONLY");
}

TEST(UpdateRecord, LeavesWhatTheDistrictKeeps) {
  ServiceStore district("", 1), oak("oak", 2);
  ASSERT_TRUE(district.replica()->BeginScope("oak").ok());
  const RecordAnswer staff = district.Create(Admin(), Person(), "oak");
  SendScope(district, "district", oak, "oak");
  Staff change;
  change.set_family_name("Reyes");
  EXPECT_EQ(ReasonIn(oak.Update(Lead("oak"), "S-1", change)), "DISTRICT_FIELD");
  Staff allowed;
  allowed.set_preferred_name("Anita");
  EXPECT_TRUE(oak.Update(Lead("oak"), "S-1", allowed).ok());
}

TEST(DeleteRecord, KeepsItForRestoring) {
  ServiceStore oak("oak");
  oak.Create(Lead("oak"), Step());
  const MarkRequest mark{{"ActionStep", "C7-1", ""}, "", ""};
  const auto deleted = oak.writer().Delete(Lead("oak"), mark);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_EQ(deleted->presence, Presence::kDeleted);
  EXPECT_EQ(ReasonIn(oak.reader().Get(Lead("oak"), mark.name)), "RECORD_NOT_FOUND");
  EXPECT_EQ(oak.reader().Get(Lead("oak"), {"ActionStep", deleted->id.ToString(), ""})->presence,
            Presence::kDeleted);
  EXPECT_EQ(ReasonIn(oak.Update(Lead("oak"), deleted->id.ToString(), Step())), "RECORD_DELETED");
  const auto restored = oak.writer().Restore(Lead("oak"), mark);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->presence, Presence::kLive);
  EXPECT_TRUE(oak.reader().Get(Lead("oak"), mark.name).ok());
}

}  // namespace
}  // namespace trellis
