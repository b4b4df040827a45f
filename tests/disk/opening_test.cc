// When an epoch does not go on though the store stays open; what opening refuses, and what verifying finds.
#include <gtest/gtest.h>

#include "common/replica/epoch_watch.h"
#include "common/tables/scope_tables.h"
#include "common/tables/store_tables.h"
#include "tests/disk/disk_fixture.h"

namespace trellis {
namespace {

class EpochTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(store_.Open(), absl::OkStatus());
    ASSERT_EQ(store_.WriteGroup(0, 1, "first"), absl::OkStatus());
    epoch_ = store_->epoch();
  }
  // The writer of the record's last write.
  bool WrittenUnder(int n, Epoch epoch) const {
    return (*store_->Get(kDiskScope, DiskId(n)))->state.context.Get(epoch) > 0;
  }

  DiskStore store_{NewDisk(), 5};
  Epoch epoch_ = 0;
};

TEST_F(EpochTest, WallClockJumps_NextWriteIsUnderAFreshEpoch) {
  store_.clock().SetWall(store_.clock().WallMs() + kClockJumpMs + 1);
  ASSERT_EQ(store_.WriteGroup(1, 1, "second"), absl::OkStatus());
  EXPECT_NE(store_->epoch(), epoch_);
  EXPECT_FALSE(WrittenUnder(1, epoch_));
  EXPECT_TRUE(WrittenUnder(1, store_->epoch()));
  EXPECT_EQ(store_->Head(kDiskScope)->lineage.rows().size(), 2u);
}

TEST_F(EpochTest, MachinePutBackToAnEarlierMoment_WallRunsOn) {
  // The time since boot goes on from the image; the wall clock is put right.
  store_.clock().Advance(1000);
  store_.clock().SetWall(store_.clock().WallMs() + 86'400'000);
  store_.folder().Tick();
  EXPECT_NE(store_->epoch(), epoch_);
}

TEST_F(EpochTest, AnotherBoot_FreshEpochAtTheNextTick) {
  store_.clock().SetBootId("another");
  store_.folder().Tick();
  EXPECT_NE(store_->epoch(), epoch_);
}

TEST_F(EpochTest, SleepOrSmallStep_EpochGoesOn) {
  store_.clock().Suspend(86'400'000);
  store_.clock().SetWall(store_.clock().WallMs() + kClockJumpMs / 2);
  store_.folder().Tick();
  ASSERT_EQ(store_.WriteGroup(1, 1, "second"), absl::OkStatus());
  EXPECT_EQ(store_->epoch(), epoch_);
}

TEST_F(EpochTest, OldEpochThatHasWritten_EndsAtASessionsStart) {
  EXPECT_EQ(store_->BeginSession(), epoch_) << "not old yet";
  store_.clock().Advance(kEpochAgeMs + 1);
  store_.folder().Tick();
  EXPECT_EQ(store_->epoch(), epoch_) << "a session's start only";
  const Epoch second = store_->BeginSession();
  EXPECT_NE(second, epoch_);
  store_.clock().Advance(kEpochAgeMs + 1);
  EXPECT_EQ(store_->BeginSession(), second) << "it has not written";
}

TEST_F(EpochTest, Listeners_HearOfCommitsAfterAFreshEpoch) {
  int heard = 0;
  const uint64_t token = store_->AddListener([&](std::string_view, uint64_t) { ++heard; });
  store_.clock().SetBootId("another");
  store_.folder().Tick();
  ASSERT_EQ(store_.WriteGroup(1, 1, "second"), absl::OkStatus());
  EXPECT_EQ(heard, 1);
  store_->RemoveListener(token);
  ASSERT_EQ(store_.WriteGroup(2, 1, "third"), absl::OkStatus());
  EXPECT_EQ(heard, 1);
}

TEST(StoreFormat, NewerStore_IsRefusedAndNotAByteChanges) {
  const auto disk = NewDisk();
  {
    DiskStore store(disk, 5);
    ASSERT_EQ(store.Open(), absl::OkStatus());
    ASSERT_EQ(store.WriteGroup(0, 3, "of a newer program"), absl::OkStatus());
    store.Close();
    const auto engine = OpenRocksDb("/data/store", store.options().engine);
    WriteBatch batch;
    batch.Put(StoreFormatKey(), EncodeNumber(kStoreFormat + 1));
    ASSERT_EQ((*engine)->Commit(batch, Durability::kSynced), absl::OkStatus());
  }
  const auto before = disk->Content();
  DiskStore store(disk, 6);
  const absl::Status refused = store.Open();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_NE(std::string(refused.message()).find("newer program"), std::string::npos);
  EXPECT_EQ(disk->Content(), before);
}

TEST(Verify, DerivedRowThatIsGone_IsToldWithItsTable) {
  DiskStore store(NewDisk(), 5);
  ASSERT_EQ(store.Open(), absl::OkStatus());
  ASSERT_EQ(store.WriteGroup(0, 3, "x"), absl::OkStatus());
  EXPECT_EQ(store.folder().Verify(), absl::OkStatus());
  store.Close();
  {
    const auto engine = OpenRocksDb("/data/store", store.options().engine);
    std::string key;
    const std::string feed = TableKey(Table::kFeed);
    ASSERT_EQ((*engine)->Snapshot()->Scan(feed, "", false,
                                          [&](std::string_view first, std::string_view) {
                                            key = first;
                                            return false;
                                          }),
              absl::OkStatus());
    WriteBatch batch;
    batch.Delete(key);
    ASSERT_EQ((*engine)->Commit(batch, Durability::kSynced), absl::OkStatus());
  }
  ASSERT_EQ(store.Open(), absl::OkStatus());
  const absl::Status damaged = store.folder().Verify();
  EXPECT_TRUE(absl::IsDataLoss(damaged)) << damaged;
  EXPECT_NE(std::string(damaged.message()).find("table f"), std::string::npos) << damaged;
}

TEST(Salvage, Refused_LeavesTheStoreAsItIs) {
  const auto disk = NewDisk();
  {
    DiskStore store(disk, 5);
    ASSERT_EQ(store.Open(), absl::OkStatus());
    ASSERT_EQ(store.WriteGroup(0, 3, "x"), absl::OkStatus());
  }
  ASSERT_EQ(Disk(disk).RemoveFile("/data/store/CURRENT"), absl::OkStatus());
  const auto before = disk->Content();
  DiskStore store(disk, 6);
  store.options().salvage = false;
  const absl::Status refused = store.Open();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
  EXPECT_NE(std::string(refused.message()).find("CURRENT"), std::string::npos);
  EXPECT_EQ(disk->Content(), before);
}

}  // namespace
}  // namespace trellis
