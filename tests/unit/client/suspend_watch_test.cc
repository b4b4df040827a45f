#include "client/agent/suspend_watch.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

constexpr int64_t kDay = 86'400'000;

TEST(SuspendWatchTest, SleepOfDays_IsNoticedOnce) {
  SuspendWatch watch;
  EXPECT_FALSE(watch.Woke(1'000'000, 500));
  EXPECT_FALSE(watch.Woke(1'001'000, 1'500));
  EXPECT_TRUE(watch.Woke(1'001'000 + 3 * kDay, 2'500));
  for (int second = 1; second < 100; ++second) {
    EXPECT_FALSE(watch.Woke(1'001'000 + 3 * kDay + second * 1'000, 2'500 + second * 1'000));
  }
}

TEST(SuspendWatchTest, ShortStepsAndClocksSetBack_AreNoSleep) {
  SuspendWatch watch;
  EXPECT_FALSE(watch.Woke(kDay, 0));
  EXPECT_FALSE(watch.Woke(kDay + SuspendWatch::kLeastMs - 1, 0));
  EXPECT_FALSE(watch.Woke(0, 1'000));
  EXPECT_FALSE(watch.Woke(1'000, 2'000));
}

}  // namespace
}  // namespace trellis
