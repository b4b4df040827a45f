// Writes and syncs that fail: nothing is acknowledged that is not there, a failed sync is not tried again and
// believed, and the store goes on by itself once the disk does.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/disk/disk_fixture.h"

namespace trellis {
namespace {

constexpr int kGroups = 30;

class WriteErrorTest : public testing::TestWithParam<DiskCall> {};

// One call of the sort fails, the first, the second ... until a session has no such call any more.
TEST_P(WriteErrorTest, OneCallFails_NothingAcknowledgedIsLostAndWorkGoesOn) {
  const std::string text(700, 'x');
  uint64_t failures = 0;
  for (uint64_t skip = 0; skip < 400; ++skip) {
    SCOPED_TRACE(fmt::format("call {} fails", skip));
    const auto disk = NewDisk();
    DiskStore store(disk, 5);
    store.options().engine.write_buffer_bytes = 8 << 10;
    ASSERT_EQ(store.Open(), absl::OkStatus());
    disk->FailAfter(GetParam(), skip, 1);
    for (int group = 0; group < kGroups; ++group) {
      const std::string request = fmt::format("request {}", group);
      absl::Status written = store.WriteGroup(group, 1, text + request, request);
      // Whether it is stored is unknown: the same request again has no second effect.
      for (int attempt = 0; !written.ok() && attempt < 5; ++attempt) {
        store.clock().Advance(2'000);
        written = store.WriteGroup(group, 1, text + request, request);
      }
      ASSERT_EQ(written, absl::OkStatus()) << "group " << group;
    }
    for (int group = 0; group < kGroups; ++group) {
      ASSERT_EQ(store.Text(group)->value_or(""), text + fmt::format("request {}", group));
    }
    EXPECT_FALSE(store.folder().in_rescue());
    EXPECT_EQ(DerivedProblem(*store.folder().replica()), "");
    store.Close();
    // What was acknowledged is on the disk, not only in its cache.
    DiskStore after(DiskFrom(disk->PowerLoss(Survival::kNothing, nullptr)), 6);
    ASSERT_EQ(after.Open(), absl::OkStatus());
    EXPECT_FALSE(after.folder().in_rescue());
    for (int group = 0; group < kGroups; ++group) {
      ASSERT_EQ(after.Text(group)->value_or(""), text + fmt::format("request {}", group));
    }
    if (disk->failures() == 0) break;
    failures += disk->failures();
  }
  EXPECT_GT(failures, 10u);
}

INSTANTIATE_TEST_SUITE_P(Calls, WriteErrorTest, testing::Values(DiskCall::kWrite, DiskCall::kSync),
                         [](const auto& info) { return info.param == DiskCall::kWrite ? "Write" : "Sync"; });

TEST(DeadDisk, Writes_AreRefusedAndComeBackWithTheDisk) {
  const auto disk = NewDisk();
  DiskStore store(disk, 5);
  ASSERT_EQ(store.Open(), absl::OkStatus());
  ASSERT_EQ(store.WriteGroup(0, 1, "before"), absl::OkStatus());
  disk->FailAfter(DiskCall::kWrite, 0, 1'000'000);
  for (int attempt = 0; attempt < 3; ++attempt) {
    EXPECT_TRUE(absl::IsUnavailable(store.WriteGroup(1, 1, "during")));
    store.clock().Advance(2'000);
  }
  disk->Heal();
  store.clock().Advance(2'000);
  store.folder().Tick();
  EXPECT_EQ(store.WriteGroup(1, 1, "after"), absl::OkStatus());
  EXPECT_EQ(*store.Text(0), "before");
  EXPECT_EQ(*store.Text(1), "after");
}

TEST(LyingDisk, PowerLoss_IsNoticedByTheAnchorAndToldByCount) {
  const auto disk = NewDisk();
  DiskStore store(disk, 5);
  ASSERT_EQ(store.Open(), absl::OkStatus());
  ASSERT_EQ(store.WriteGroup(0, 4, "kept"), absl::OkStatus());
  store.Close();
  ASSERT_EQ(store.Open(), absl::OkStatus());
  // The log's syncs do nothing; the anchor's copy stands on an honest disk.
  const auto honest = disk->Content().at("/keys/anchor");
  disk->LieAboutSync(true);
  ASSERT_EQ(store.WriteGroup(4, 5, "lost"), absl::OkStatus());
  store.Close();
  const std::string copy = disk->Content().at("/keys/anchor");
  ASSERT_NE(copy, honest);
  const auto after = DiskFrom(disk->PowerLoss(Survival::kNothing, nullptr));
  after->Put("/keys/anchor", copy);
  DiskStore reopened(after, 6);
  ASSERT_EQ(reopened.Open(), absl::OkStatus());
  EXPECT_TRUE(reopened.folder().in_rescue());
  EXPECT_GE(reopened.folder().changes_lost(), 1u);
  EXPECT_EQ(*reopened.Text(0), "kept");
  EXPECT_EQ(*reopened.Text(4), std::nullopt);
}

}  // namespace
}  // namespace trellis
