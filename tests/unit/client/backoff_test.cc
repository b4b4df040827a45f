#include "client/agent/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace trellis {
namespace {

TEST(BackoffTest, Waits_AreDrawnBelowALimitThatDoublesToItsMost) {
  SeededRandom random(7);
  for (int run = 0; run < 200; ++run) {
    Backoff backoff;
    int64_t limit = Backoff::kFirstMs;
    for (int attempt = 0; attempt < 12; ++attempt) {
      const int64_t wait = backoff.Next(&random, 0, false);
      EXPECT_GE(wait, 1);
      EXPECT_LE(wait, limit);
      limit = std::min(limit * 2, Backoff::kMostMs);
    }
    backoff.Reset();
    EXPECT_LE(backoff.Next(&random, 0, false), Backoff::kFirstMs);
  }
}

TEST(BackoffTest, ServersWish_ComesOnTop) {
  SeededRandom random(7);
  Backoff backoff;
  EXPECT_GT(backoff.Next(&random, 5'000, false), 5'000);
}

}  // namespace
}  // namespace trellis
