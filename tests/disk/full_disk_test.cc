// A disk with no room left: work is refused with a reason, reading and sync's own bookkeeping go on, and all
// is well again once there is room.
#include <gtest/gtest.h>

#include "tests/disk/disk_fixture.h"

namespace trellis {
namespace {

constexpr uint64_t kReserve = 64 << 10;
constexpr uint64_t kBallast = 48 << 10;

class FullDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    store_.options().engine.reserve_bytes = kReserve;
    store_.options().engine.ballast_bytes = kBallast;
    disk_->SetCapacity(8 << 20);
    ASSERT_EQ(store_.Open(), absl::OkStatus());
    ASSERT_EQ(store_.WriteGroup(0, 3, "before"), absl::OkStatus());
  }
  // Others take all room but so much.
  void LeaveRoom(uint64_t bytes) { disk_->SetCapacity(disk_->Used() + bytes); }
  bool HasBallast() const { return disk_->Content().contains("/data/ballast"); }

  const std::shared_ptr<HostileDisk> disk_ = NewDisk();
  DiskStore store_{disk_, 5};
};

TEST_F(FullDiskTest, Work_IsRefusedWithAReasonAndReadingGoesOn) {
  LeaveRoom(1000);
  const absl::Status refused = store_.WriteGroup(3, 1, "during");
  EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  EXPECT_NE(std::string(refused.message()).find("free some space"), std::string::npos);
  EXPECT_EQ(*store_.Text(0), "before");
  EXPECT_EQ(*store_.Text(3), std::nullopt);
  LeaveRoom(1 << 20);
  EXPECT_EQ(store_.WriteGroup(3, 1, "after"), absl::OkStatus());
  EXPECT_EQ(*store_.Text(3), "after");
}

TEST_F(FullDiskTest, Ballast_LetsSyncBeginAndTheStoreOpen) {
  ASSERT_TRUE(HasBallast());
  LeaveRoom(0);
  // A session's first step for a scope, in an epoch that has none yet.
  ASSERT_EQ(store_->BeginScope("F2").status(), absl::OkStatus());
  EXPECT_EQ(store_->PutMeta("sync/pushed", "7"), absl::OkStatus());
  EXPECT_FALSE(HasBallast()) << "it was given up for that";
  store_.Close();
  ASSERT_EQ(store_.Open(), absl::OkStatus());
  EXPECT_EQ(*store_.Text(2), "before");
  EXPECT_EQ(store_->BeginScope(kDiskScope).status(), absl::OkStatus());
  EXPECT_TRUE(absl::IsResourceExhausted(store_.WriteGroup(3, 1, "during")));
  LeaveRoom(2 << 20);
  EXPECT_EQ(store_.WriteGroup(3, 1, "after"), absl::OkStatus());
  EXPECT_TRUE(HasBallast()) << "and kept again when there was room";
}

TEST_F(FullDiskTest, Frame_IsPutOffAndNoCursorMoves) {
  DiskStore peer(NewDisk(), 9);
  ASSERT_EQ(peer.Open(), absl::OkStatus());
  ASSERT_EQ(peer.WriteGroup(10, 2, "pushed"), absl::OkStatus());
  FrameRequest request;
  request.scope = kDiskScope;
  request.max_items = 10;
  const auto frame = peer->BuildFrame(request);
  ASSERT_EQ(frame.status(), absl::OkStatus());
  ApplyOptions options;
  options.peer = "peer";
  LeaveRoom(1000);
  EXPECT_TRUE(absl::IsResourceExhausted(store_->ApplyFrame(*frame, options).status()));
  EXPECT_TRUE(store_->Cursors("peer", kDiskScope)->empty());
  EXPECT_EQ(*store_.Text(10), std::nullopt);
  // What goes the other way still goes.
  EXPECT_EQ(store_->BuildFrame(request)->items.size(), 3u);
  LeaveRoom(1 << 20);
  EXPECT_EQ(store_->ApplyFrame(*frame, options).status(), absl::OkStatus());
  EXPECT_FALSE(store_->Cursors("peer", kDiskScope)->empty());
  EXPECT_EQ(*store_.Text(10), "pushed");
}

// Without a reserve the log itself meets the full disk.
TEST_F(FullDiskTest, LogMeetsTheFullDisk_StoreIsOpenedAgainAndNothingAcknowledgedIsLost) {
  store_.Close();
  store_.options().engine.reserve_bytes = 0;
  ASSERT_EQ(store_.Open(), absl::OkStatus());
  LeaveRoom(3000);
  int acknowledged = 3;
  while (acknowledged < 40 && store_.WriteGroup(acknowledged, 1, "filling").ok()) ++acknowledged;
  ASSERT_LT(acknowledged, 40);
  LeaveRoom(4 << 20);
  store_.clock().Advance(2'000);
  EXPECT_EQ(store_.WriteGroup(50, 1, "after"), absl::OkStatus());
  for (int n = 3; n < acknowledged; ++n) EXPECT_EQ(*store_.Text(n), "filling");
  EXPECT_FALSE(store_.folder().in_rescue());
  EXPECT_EQ(DerivedProblem(*store_.folder().replica()), "");
}

}  // namespace
}  // namespace trellis
