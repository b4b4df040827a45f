#include "common/rpc/executor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace trellis {
namespace {

// Holds a thread until opened.
class Gate {
 public:
  void Open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    wake_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool open_ = false;
};

TEST(ExecutorTest, FullQueue_RefusesAndRunsWhatItTook) {
  Gate held, running;
  std::atomic<int> ran = 0;
  Executor executor(1, /*queue_limit=*/2);
  ASSERT_TRUE(executor
                  .Submit([&] {
                    running.Open();
                    held.Wait();
                  })
                  .ok());
  running.Wait();
  EXPECT_TRUE(executor.Submit([&] { ++ran; }).ok());
  EXPECT_TRUE(executor.Submit([&] { ++ran; }).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(executor.Submit([&] { ++ran; })));
  held.Open();
  executor.Shutdown();
  EXPECT_EQ(ran, 2);
  EXPECT_TRUE(absl::IsUnavailable(executor.Submit([] {})));
}

TEST(StrandTest, Posted_RunsInOrderAndNeverTwoAtOnce) {
  Executor executor(4);
  Strand strand(&executor);
  std::vector<int> order;  // unguarded: the strand is the guard
  std::atomic<int> inside = 0;
  std::atomic<bool> overlapped = false;
  for (int i = 0; i < 1'000; ++i) {
    strand.Post([&, i] {
      if (++inside != 1) overlapped = true;
      order.push_back(i);
      --inside;
    });
  }
  executor.Shutdown();
  ASSERT_EQ(order.size(), 1'000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_FALSE(overlapped);
}

TEST(StrandTest, PostedFromWithin_RunsBeforeShutdownReturns) {
  Executor executor(2);
  Strand strand(&executor);
  int depth = 0;
  std::function<void()> again = [&] {
    if (++depth < 50) strand.Post(again);
  };
  strand.Post(again);
  executor.Shutdown();
  EXPECT_EQ(depth, 50);
  strand.Post([&] { depth = -1; });  // dropped
  EXPECT_EQ(depth, 50);
}

}  // namespace
}  // namespace trellis
