#include "common/report/interval_audit.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

// Two hidden cells of one line: together they are what the others leave of the total.
std::optional<std::vector<size_t>> NarrowOfTwo(double first, double second, double width) {
  return FindNarrow({{{{0, 1}, {1, 1}}}}, {{first + second}, {first, second}, width}, {true, true});
}

TEST(IntervalAudit, TwoHiddenCellsThatAreFewTogetherAreNarrow) {
  EXPECT_EQ(NarrowOfTwo(3, 5, 10), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(NarrowOfTwo(3, 7, 10), std::vector<size_t>{});
}

// A square of hidden cells whose sides are known: one number moves all four, as far as the least allows.
TEST(IntervalAudit, ASquareMovesAsFarAsItsSidesAllow) {
  const std::vector<LinearEquation> sides{
      {{{0, 1}, {1, 1}}}, {{{2, 1}, {3, 1}}}, {{{0, 1}, {2, 1}}}, {{{1, 1}, {3, 1}}}};
  const std::vector<bool> protect(4, true);
  const HiddenQuantity persons{{12, 50, 12, 50}, {3, 9, 9, 41}, 10};
  EXPECT_EQ(FindNarrow(sides, persons, protect), std::vector<size_t>{});
  const HiddenQuantity fewer{{7, 50, 40, 17}, {3, 4, 37, 13}, 10};
  EXPECT_EQ(FindNarrow(sides, fewer, protect), (std::vector<size_t>{0, 1, 2, 3}));
}

TEST(IntervalAudit, AHiddenTotalBoundsNothing) {
  EXPECT_EQ(FindNarrow({{{{0, 1}, {1, -1}}}}, {{-20}, {3, 23}, 10}, {true, true}), std::vector<size_t>{});
}

TEST(IntervalAudit, OnlyWhatIsProtectedIsTold) {
  EXPECT_EQ(FindNarrow({{{{0, 1}, {1, 1}}}}, {{8}, {0, 8}, 10}, {false, true}), std::vector<size_t>{1});
}

TEST(IntervalAudit, SaysWhenThereIsTooMuchToTell) {
  std::vector<LinearEquation> chain;
  HiddenQuantity quantity{{}, std::vector<double>(kMostAudited + 1, 1), 10};
  for (size_t i = 0; i < kMostAudited; ++i) {
    chain.push_back({{{i, 1}, {i + 1, 1}}});
    quantity.known.push_back(2);
  }
  EXPECT_FALSE(FindNarrow(chain, quantity, std::vector<bool>(kMostAudited + 1, true)).has_value());
}

}  // namespace
}  // namespace trellis
