// A disk whose syncs do not return for a long while: what waits for one is not acknowledged and not shown,
// reading goes on, and who asks again with the same request id causes nothing a second time.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "tests/disk/disk_fixture.h"

namespace trellis {
namespace {

class SlowDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(store_.Open(), absl::OkStatus());
    ASSERT_EQ(store_.WriteGroup(0, 3, "before"), absl::OkStatus());
    seq_before_ = Seq();
  }
  void TearDown() override { disk_->HoldSyncs(false); }

  uint64_t Seq() { return store_->Head(kDiskScope)->seq; }
  // Asks for record n, as somebody whose first call went unanswered asks again.
  std::future<absl::Status> Ask(int n) {
    return std::async(std::launch::async, [this, n] {
      return store_.WriteGroup(n, 1, fmt::format("text {}", n), fmt::format("request {}", n));
    });
  }

  const std::shared_ptr<HostileDisk> disk_ = NewDisk();
  DiskStore store_{disk_, 5};
  uint64_t seq_before_ = 0;
};

TEST_F(SlowDiskTest, ReadingGoesOnAndWhatIsNotDurableIsNotShown) {
  disk_->HoldSyncs(true);
  std::future<absl::Status> late = Ask(10);
  disk_->AwaitHeldSync();
  EXPECT_EQ(*store_.Text(0), "before");
  EXPECT_EQ(*store_.Text(10), std::nullopt);
  FrameRequest request;
  request.scope = kDiskScope;
  request.max_items = 100;
  EXPECT_EQ(store_->BuildFrame(request)->items.size(), 3u) << "nor does it leave the site";
  disk_->HoldSyncs(false);
  EXPECT_EQ(late.get(), absl::OkStatus());
  EXPECT_EQ(*store_.Text(10), "text 10");
}

TEST_F(SlowDiskTest, AskedAgainAndAgain_HasOneEffect) {
  constexpr int kRecords = 6;
  disk_->HoldSyncs(true);
  std::vector<std::future<absl::Status>> calls;
  calls.push_back(Ask(10));
  disk_->AwaitHeldSync();
  for (int attempt = 0; attempt < 3; ++attempt) {
    for (int n = 10; n < 10 + kRecords; ++n) calls.push_back(Ask(n));
  }
  disk_->HoldSyncs(false);
  for (std::future<absl::Status>& call : calls) EXPECT_EQ(call.get(), absl::OkStatus());
  EXPECT_EQ(Seq(), seq_before_ + kRecords) << "one change a request";
  EXPECT_EQ(store_->Head(kDiskScope)->records, 3u + kRecords);
  EXPECT_EQ(DerivedProblem(*store_.folder().replica()), "");
}

TEST_F(SlowDiskTest, PowerLostMeanwhile_RetryHasOneEffect) {
  disk_->HoldSyncs(true);
  std::future<absl::Status> late = Ask(10);
  disk_->AwaitHeldSync();
  const DiskTree nothing_more = disk_->PowerLoss(Survival::kNothing, nullptr);
  const DiskTree all_of_it = disk_->PowerLoss(Survival::kEverything, nullptr);
  disk_->HoldSyncs(false);
  ASSERT_EQ(late.get(), absl::OkStatus());
  // Nobody had been told anything: it may be there or not, but neither in part nor, asked for again, twice.
  for (const DiskTree& left : {nothing_more, all_of_it}) {
    DiskStore after(DiskFrom(left), 6);
    ASSERT_EQ(after.Open(), absl::OkStatus());
    EXPECT_FALSE(after.folder().in_rescue());
    ASSERT_EQ(after.WriteGroup(10, 1, "text 10", "request 10"), absl::OkStatus());
    EXPECT_EQ(after->Head(kDiskScope)->seq, seq_before_ + 1);
    EXPECT_EQ(*after.Text(10), "text 10");
    EXPECT_EQ(DerivedProblem(*after.folder().replica()), "");
  }
}

TEST_F(SlowDiskTest, FrameSentAgainMeanwhile_HasOneEffect) {
  DiskStore peer(NewDisk(), 9);
  ASSERT_EQ(peer.Open(), absl::OkStatus());
  ASSERT_EQ(peer.WriteGroup(20, 4, "pushed"), absl::OkStatus());
  FrameRequest request;
  request.scope = kDiskScope;
  request.max_items = 10;
  const auto frame = peer->BuildFrame(request);
  ASSERT_EQ(frame.status(), absl::OkStatus());
  ApplyOptions options;
  options.peer = "peer";
  const auto take = [&] {
    return std::async(std::launch::async, [&] { return store_->ApplyFrame(*frame, options).status(); });
  };
  disk_->HoldSyncs(true);
  std::vector<std::future<absl::Status>> calls;
  calls.push_back(take());
  disk_->AwaitHeldSync();
  EXPECT_TRUE(store_->Cursors("peer", kDiskScope)->empty()) << "no cursor before the bytes are durable";
  calls.push_back(take());  // the connection was given up, the next one brings it again
  disk_->HoldSyncs(false);
  for (std::future<absl::Status>& call : calls) EXPECT_EQ(call.get(), absl::OkStatus());
  EXPECT_EQ(Seq(), seq_before_ + 4);
  EXPECT_EQ(store_->Cursors("peer", kDiskScope)->size(), 1u);
  EXPECT_EQ(DerivedProblem(*store_.folder().replica()), "");
}

}  // namespace
}  // namespace trellis
