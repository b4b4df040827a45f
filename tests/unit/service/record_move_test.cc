#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/participation.pb.h"

namespace trellis {
namespace {

using domain::v1::ActionStep;
using domain::v1::Participation;
using ::testing::ElementsAre;

ActionStep Step(const std::string& code) {
  return FromText<ActionStep>("code: '" + code + "' title: 'Open the doors' notes: 'at noon'");
}

// A step of Oak's, known at the district, where Elm's scope stands too.
class MoveRecord : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(district_.replica()->BeginScope("elm").ok());
    step_ = oak_.Create(Lead("oak"), Step("C7-1"), "oak");
    SendScope(oak_, "oak", district_, "oak");
  }

  absl::StatusOr<MoveAnswer> Move(const std::string& to = "elm") {
    district_.clock().Advance(10);
    return district_.writer().Move(Admin(), {{"ActionStep", step_.id.ToString(), "oak"}, to, ""});
  }
  // Oak, which does not know of the move.
  void OakEdits(const std::string& notes) {
    oak_.clock().Advance(10);
    UpdateRequest request;
    request.name = {"ActionStep", step_.id.ToString(), "oak"};
    request.data = FromText<ActionStep>("notes: '" + notes + "'").SerializeAsString();
    const auto updated = oak_.writer().Update(Lead("oak"), request);
    ASSERT_TRUE(updated.ok()) << updated.status();
  }
  RecordAnswer AtDistrict(const std::string& id, const std::string& scope) {
    auto got = district_.reader().Get(Admin(), {"ActionStep", id, scope});
    EXPECT_TRUE(got.ok()) << got.status();
    return *std::move(got);
  }

  ServiceStore district_{"", 1};
  ServiceStore oak_{"oak", 2};
  RecordAnswer step_;
};

TEST_F(MoveRecord, StandsAnewAndLeavesAMarkThatNamesNoPlace) {
  const auto moved = Move();
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->record.scope, "elm");
  EXPECT_EQ(DataOf<ActionStep>(moved->record).notes(), "at noon");
  EXPECT_NE(moved->record.id, step_.id);
  EXPECT_EQ(moved->moved.presence, Presence::kMoved);
  EXPECT_TRUE(district_.reader().List(Admin(), {"ActionStep", "oak"})->records.empty());
  const auto stored = district_.replica()->Get("oak", step_.id);
  EXPECT_EQ(CanonicalBytes((*stored)->state).find("elm"), std::string::npos);
}

TEST_F(MoveRecord, MadeAgainMakesNothingTwice) {
  const auto first = Move();
  const auto again = Move();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->record.id, again->record.id);
  EXPECT_EQ(first->moved.version, again->moved.version);
  EXPECT_EQ(district_.reader().List(Admin(), {"ActionStep", "elm"})->records.size(), 1u);
  EXPECT_EQ(ReasonIn(Move("shared")), "RECORD_MOVED");
}

TEST_F(MoveRecord, EditMadeOfflineIsKeptListedAndTakenAlongByMovingAgain) {
  const auto moved = Move();
  OakEdits("at ten");
  SendScope(oak_, "oak", district_, "oak");
  const auto listed = district_.reader().Conflicts(Admin(), {});
  ASSERT_EQ(listed->records.size(), 1u);
  EXPECT_EQ(listed->records[0].presence, Presence::kMovedButChanged);
  EXPECT_THAT(listed->records[0].changed_since_move, ElementsAre("notes"));
  EXPECT_EQ(DataOf<ActionStep>(listed->records[0]).notes(), "at ten");
  EXPECT_EQ(DataOf<ActionStep>(AtDistrict(moved->record.id.ToString(), "elm")).notes(), "at noon");

  const auto again = Move();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->record.id, moved->record.id);
  EXPECT_EQ(DataOf<ActionStep>(again->record).notes(), "at ten");
  EXPECT_TRUE(district_.reader().Conflicts(Admin(), {})->records.empty());
}

TEST_F(MoveRecord, EditMadeOfflineMayBeLeftWhereItIs) {
  const auto moved = Move();
  OakEdits("at ten");
  SendScope(oak_, "oak", district_, "oak");
  const MarkRequest leave{{"ActionStep", step_.id.ToString(), "oak"}, "", ""};
  ASSERT_TRUE(district_.writer().Delete(Admin(), leave).ok());
  EXPECT_TRUE(district_.reader().Conflicts(Admin(), {})->records.empty());
  const RecordAnswer left = AtDistrict(step_.id.ToString(), "oak");
  EXPECT_EQ(left.presence, Presence::kMoved);
  EXPECT_EQ(DataOf<ActionStep>(left).notes(), "at ten");
  EXPECT_EQ(DataOf<ActionStep>(AtDistrict(moved->record.id.ToString(), "elm")).notes(), "at noon");
}

TEST_F(MoveRecord, SiteIsToldInWordsThatItsRecordIsElsewhere) {
  ASSERT_TRUE(Move().ok());
  SendScope(district_, "district", oak_, "oak");
  UpdateRequest request;
  request.name = {"ActionStep", step_.id.ToString(), "oak"};
  request.data = Step("C7-1").SerializeAsString();
  EXPECT_EQ(ReasonIn(oak_.writer().Update(Lead("oak"), request)), "RECORD_MOVED");
}

TEST_F(MoveRecord, IsRefusedWhereItCannotStandOrItsCodeIsTaken) {
  EXPECT_EQ(ReasonIn(Move("birch")), "SCOPE_UNKNOWN");
  EXPECT_EQ(ReasonIn(Move("oak")), "FIELD_INVALID");
  district_.Create(Admin(), Step("C7-1"), "elm");
  EXPECT_EQ(ReasonIn(Move()), "CODE_TAKEN");
  EXPECT_EQ(AtDistrict(step_.id.ToString(), "oak").presence, Presence::kLive);
}

TEST_F(MoveRecord, WantsWhoMayWriteAtBothPlaces) {
  const auto moved =
      district_.writer().Move(Lead("oak"), {{"ActionStep", step_.id.ToString(), "oak"}, "elm", ""});
  EXPECT_EQ(ReasonIn(moved), "ACCESS_DENIED");
}

TEST_F(MoveRecord, AppendOnlyRecordsMoveAsWell) {
  const auto row = FromText<Participation>("staff: 'S1' activity: 'A' state: PARTICIPATION_STATE_ATTENDED");
  const RecordAnswer made = oak_.Create(Lead("oak"), row);
  SendScope(oak_, "oak", district_, "oak");
  const auto moved =
      district_.writer().Move(Admin(), {{"Participation", made.id.ToString(), "oak"}, "elm", ""});
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(DataOf<Participation>(moved->record).staff(), "S1");
}

}  // namespace
}  // namespace trellis
