#include "common/time/hybrid_time.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

TEST(HybridClock, StampsGrowWhileTheWallClockStandsStill) {
  ManualClock wall(1000);
  HybridClock clock(&wall);
  const Stamp first = clock.Next();
  const Stamp second = clock.Next();
  EXPECT_EQ(first, (Stamp{1000, 0}));
  EXPECT_EQ(second, (Stamp{1000, 1}));
}

TEST(HybridClock, StampsGrowWhenTheWallClockIsSetBackALittle) {
  ManualClock wall(100'000);
  HybridClock clock(&wall);
  const Stamp before = clock.Next();
  wall.SetWall(100'000 - HybridClock::kMaxAheadMs);
  EXPECT_GT(clock.Next(), before);
}

TEST(HybridClock, FollowsTheWallClockWhenSetBackFar) {
  ManualClock wall(10'000'000);
  HybridClock clock(&wall);
  clock.Next();
  wall.SetWall(1000);
  EXPECT_EQ(clock.Next().ms, 1000);
}

TEST(HybridClock, ObservedStampIsPassed) {
  ManualClock wall(1000);
  HybridClock clock(&wall);
  clock.Observe({5000, 7});
  EXPECT_EQ(clock.Next(), (Stamp{5000, 8}));
}

TEST(HybridClock, IgnoresAStampYearsAhead) {
  ManualClock wall(1000);
  HybridClock clock(&wall);
  clock.Observe({1000 + HybridClock::kMaxAheadMs + 1, 0});
  EXPECT_EQ(clock.Next(), (Stamp{1000, 0}));
}

}  // namespace
}  // namespace trellis
