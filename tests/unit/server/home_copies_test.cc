#include "server/across/home_copies.h"

#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

using domain::v1::Participation;
using domain::v1::Staff;

// Ana works at Oak; what she learns at Elm is written there.
class HomeCopies_ : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* site : {"elm", "oak", "yew"}) ASSERT_TRUE(district_.replica()->BeginScope(site).ok());
    ana_ = district_.Create(Admin(), Person(), "oak");
    row_ = district_.Create(Admin(),
                            FromText<Participation>("staff: 'S1' activity: 'A' minutes: 60 "
                                                    "state: PARTICIPATION_STATE_ATTENDED "
                                                    "external_id: 'elm-7'"),
                            "elm");
  }

  static Staff Person() {
    return FromText<Staff>("staff_unique_id: 'S1' given_name: 'Ana' family_name: 'Ruiz'");
  }
  int CatchUp() {
    const absl::StatusOr<int> written = copies_.CatchUp(100);
    EXPECT_TRUE(written.ok()) << written.status();
    return written.value_or(-1);
  }
  std::vector<Participation> At(const std::string& site) {
    std::vector<Participation> rows;
    const auto page = district_.reader().List(Admin(), {"Participation", site});
    EXPECT_TRUE(page.ok()) << page.status();
    for (const RecordAnswer& record : page->records) rows.push_back(DataOf<Participation>(record));
    return rows;
  }
  void Change(const std::string& text) {
    UpdateRequest request;
    request.name = {"Participation", row_.id.ToString(), "elm"};
    request.data = FromText<Participation>(text).SerializeAsString();
    const auto updated = district_.writer().Update(Admin(), request);
    ASSERT_TRUE(updated.ok()) << updated.status();
  }

  ServiceStore district_{""};
  HomeCopies copies_{district_.store()};
  RecordAnswer ana_;
  RecordAnswer row_;
};

TEST_F(HomeCopies_, WhatAPersonLearnsElsewhereComesHomeOnce) {
  EXPECT_EQ(CatchUp(), 1);
  const std::vector<Participation> home = At("oak");
  ASSERT_EQ(home.size(), 1u);
  EXPECT_EQ(home[0].minutes(), 60u);
  EXPECT_EQ(home[0].copied_from(), "elm " + row_.id.ToString());
  EXPECT_EQ(CatchUp(), 0);
  HomeCopies restarted(district_.store());
  EXPECT_EQ(*restarted.CatchUp(100), 0);
  EXPECT_EQ(At("oak").size(), 1u);
}

TEST_F(HomeCopies_, WhatIsTheHostsStaysThere) {
  CatchUp();
  EXPECT_EQ(At("oak").at(0).external_id(), "");
  EXPECT_EQ(At("elm").at(0).external_id(), "elm-7");
}

TEST_F(HomeCopies_, FollowsTheHostsRecord) {
  CatchUp();
  Change("minutes: 90");
  EXPECT_EQ(CatchUp(), 1);
  EXPECT_EQ(At("oak").at(0).minutes(), 90u);
  ASSERT_TRUE(
      district_.writer().Delete(Admin(), {{"Participation", row_.id.ToString(), "elm"}, "", ""}).ok());
  CatchUp();
  EXPECT_TRUE(At("oak").empty());
  ASSERT_TRUE(
      district_.writer().Restore(Admin(), {{"Participation", row_.id.ToString(), "elm"}, "", ""}).ok());
  CatchUp();
  EXPECT_EQ(At("oak").size(), 1u);
}

TEST_F(HomeCopies_, RowPutRightForAnotherPersonLeavesTheFirst) {
  CatchUp();
  Staff bo = Person();
  bo.set_staff_unique_id("S2");
  district_.Create(Admin(), bo, "yew");
  Change("staff: 'S2'");
  CatchUp();
  EXPECT_TRUE(At("oak").empty());
  EXPECT_EQ(At("yew").size(), 1u);
}

TEST_F(HomeCopies_, PersonWhoComesLaterGetsWhatIsThere) {
  const RecordAnswer early = district_.Create(
      Admin(), FromText<Participation>("staff: 'S9' activity: 'A' state: PARTICIPATION_STATE_ATTENDED"),
      "elm");
  CatchUp();
  EXPECT_TRUE(At("yew").empty());
  Staff late = Person();
  late.set_staff_unique_id("S9");
  district_.Create(Admin(), late, "yew");
  EXPECT_EQ(CatchUp(), 1);
  EXPECT_EQ(At("yew").at(0).copied_from(), "elm " + early.id.ToString());
}

TEST_F(HomeCopies_, PersonWhoMovesTakesThemAlong) {
  CatchUp();
  const auto moved = district_.writer().Move(Admin(), {{"Staff", "S1", "oak"}, "yew", ""});
  ASSERT_TRUE(moved.ok()) << moved.status();
  CatchUp();
  EXPECT_TRUE(At("oak").empty());
  EXPECT_EQ(At("yew").size(), 1u);
  ASSERT_TRUE(district_.writer().Move(Admin(), {{"Staff", "S1", "yew"}, "elm", ""}).ok());
  CatchUp();
  EXPECT_TRUE(At("yew").empty());
  EXPECT_EQ(At("elm").size(), 1u);
}

TEST_F(HomeCopies_, AtHomeNothingIsCopied) {
  district_.Create(Admin(),
                   FromText<Participation>("staff: 'S1' state: PARTICIPATION_STATE_ATTENDED "
                                           "activity: 'B'"),
                   "oak");
  EXPECT_EQ(CatchUp(), 1);
  EXPECT_EQ(At("oak").size(), 2u);
  EXPECT_EQ(At("elm").size(), 1u);
}

TEST_F(HomeCopies_, ErasedAtTheHostIsErasedAtHome) {
  CatchUp();
  WriteRequest erase;
  erase.actor = "district/admin";
  erase.records.push_back({.type = RecordWrite::Type::kErase, .scope = "elm", .kind = "", .id = row_.id});
  ASSERT_TRUE(district_.replica()->Write(erase).ok());
  EXPECT_EQ(CatchUp(), 1);
  int erased = 0;
  ASSERT_TRUE(district_.replica()
                  ->ScanKind("oak", "trellis.domain.v1.Participation", RecordId{}, true,
                             [&](const RecordId&, const StoredRecord& stored) {
                               erased += PresenceOf(stored.state) == Presence::kErased ? 1 : 0;
                               return true;
                             })
                  .ok());
  EXPECT_EQ(erased, 1);
}

}  // namespace
}  // namespace trellis
