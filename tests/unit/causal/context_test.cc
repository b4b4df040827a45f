#include "common/causal/context.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

TEST(Context, CoversWhatItWasRaisedTo) {
  Context context;
  context.Raise({7, 3});
  EXPECT_TRUE(context.Covers({7, 1}));
  EXPECT_TRUE(context.Covers({7, 3}));
  EXPECT_FALSE(context.Covers({7, 4}));
  EXPECT_FALSE(context.Covers({8, 1}));
}

TEST(Context, RaisingNeverLowers) {
  Context context(Dot{7, 3});
  context.Raise({7, 2});
  EXPECT_EQ(context.Get(7), 3u);
}

TEST(Context, JoinIsTheGreaterOfEach) {
  Context a(Dot{1, 5});
  a.Raise({2, 1});
  Context b(Dot{2, 4});
  b.Raise({3, 9});
  a.Join(b);
  EXPECT_EQ(a.Get(1), 5u);
  EXPECT_EQ(a.Get(2), 4u);
  EXPECT_EQ(a.Get(3), 9u);
  EXPECT_TRUE(b.CoveredBy(a));
  EXPECT_FALSE(a.CoveredBy(b));
}

TEST(Context, EmptyIsCoveredByAll) { EXPECT_TRUE(Context().CoveredBy(Context())); }

}  // namespace
}  // namespace trellis
