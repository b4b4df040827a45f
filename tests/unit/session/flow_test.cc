#include "common/session/flow.h"

#include "gtest/gtest.h"

namespace trellis {
namespace {

TEST(Flow, FramesDoubleUpToSixtyFourKiB) {
  Flow flow({});
  size_t expected = 4096;
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(flow.frame_bytes(), expected);
    flow.OnSent(10);
    expected = expected < 65536 ? expected * 2 : expected;
  }
}

TEST(Flow, WindowOpensWhileAcknowledgementsAreClean) {
  Flow flow({});
  flow.OnSent(1000);
  EXPECT_EQ(flow.Room(), 65536u - 1000u);
  flow.OnAcknowledged(1000, false);
  EXPECT_EQ(flow.limits().window_bytes, 65536u);
  for (int i = 0; i < 100; ++i) flow.OnAcknowledged(0, true);
  EXPECT_EQ(flow.limits().window_bytes, FlowLimits::kMaxWindowBytes);
}

TEST(Flow, CreditBoundsTheWindow) {
  Flow flow({});
  flow.SetCredit(5000);
  flow.OnSent(4000);
  EXPECT_EQ(flow.Room(), 1000u);
}

TEST(Flow, CutHalvesButNotBelowFourKiB) {
  const FlowLimits once = AfterCut({65536, 131072});
  EXPECT_EQ(once.frame_bytes, 32768u);
  EXPECT_EQ(once.window_bytes, 65536u);
  FlowLimits limits = once;
  for (int i = 0; i < 10; ++i) limits = AfterCut(limits);
  EXPECT_EQ(limits.frame_bytes, 4096u);
  EXPECT_EQ(limits.window_bytes, 4096u);
}

}  // namespace
}  // namespace trellis
