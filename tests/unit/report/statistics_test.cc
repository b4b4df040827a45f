#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "common/report/means.h"
#include "common/report/proportions.h"

namespace trellis {
namespace {

TEST(Moments_, AreMeanAndSampleVariance) {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  const Moments moments = MomentsOf(values);
  EXPECT_EQ(moments.n, 8);
  EXPECT_DOUBLE_EQ(moments.mean, 5);
  EXPECT_NEAR(moments.variance, 32.0 / 7, 1e-12);
  EXPECT_NEAR(moments.StandardError(), std::sqrt(32.0 / 7 / 8), 1e-12);
}

TEST(Moments_, OfNothingOrOneHaveNoSpread) {
  EXPECT_EQ(MomentsOf({}).n, 0);
  const std::vector<double> one{3};
  EXPECT_EQ(MomentsOf(one).variance, 0);
  EXPECT_FALSE(MeanInterval(MomentsOf(one), 0.95));
}

TEST(Wilson_, MatchesPublishedLimits) {
  const auto limits = WilsonInterval({81, 263}, 0.95);  // Newcombe 1998, table I
  ASSERT_TRUE(limits);
  EXPECT_NEAR(limits->low, 0.2553, 5e-5);
  EXPECT_NEAR(limits->high, 0.3662, 5e-5);
  EXPECT_FALSE(WilsonInterval({0, 0}, 0.95));
}

TEST(Wilson_, StaysWithinZeroAndOne) {
  EXPECT_EQ(WilsonInterval({0, 20}, 0.95)->low, 0);
  EXPECT_EQ(WilsonInterval({20, 20}, 0.95)->high, 1);
}

TEST(Newcombe_, UnpairedMatchesPublishedLimits) {
  const auto difference = NewcombeDifference({56, 70}, {48, 80}, 0.95);  // Newcombe 1998, table II (a)
  ASSERT_TRUE(difference);
  EXPECT_NEAR(difference->difference, 0.2, 1e-12);
  EXPECT_NEAR(difference->interval.low, 0.0524, 5e-5);
  EXPECT_NEAR(difference->interval.high, 0.3339, 5e-5);
}

TEST(Newcombe_, PairedMatchesPublishedLimits) {
  const auto difference = NewcombePairedDifference({36, 12, 2, 0}, 0.95);  // Newcombe 1998 (paired)
  ASSERT_TRUE(difference);
  EXPECT_NEAR(difference->interval.low, 0.0569, 5e-5);
  EXPECT_NEAR(difference->interval.high, 0.3404, 5e-5);
}

TEST(Newcombe_, PairedLessensPhi) {
  const auto difference = NewcombePairedDifference({20, 12, 2, 16}, 0.95);
  ASSERT_TRUE(difference);
  EXPECT_NEAR(difference->interval.low, 0.056156424841748265, 1e-9);
  EXPECT_NEAR(difference->interval.high, 0.32920699540014053, 1e-9);
}

TEST(Holm_, StepsDownAndKeepsTheOrderGiven) {
  const std::vector<double> p{0.01, 0.04, 0.03, 0.005};
  const std::vector<double> adjusted = HolmAdjust(p);
  EXPECT_NEAR(adjusted[0], 0.03, 1e-12);
  EXPECT_NEAR(adjusted[1], 0.06, 1e-12);
  EXPECT_NEAR(adjusted[2], 0.06, 1e-12);
  EXPECT_NEAR(adjusted[3], 0.02, 1e-12);
}

TEST(CohenD_, UsesThePooledSd) {
  EXPECT_NEAR(*CohenD({10, 5, 4}, {20, 4, 1}), 1 / std::sqrt((9 * 4 + 19 * 1) / 28.0), 1e-12);
  EXPECT_FALSE(CohenD({5, 1, 0}, {5, 2, 0}));
}

TEST(FinitePopulation_, ShrinksToNothingWhenEverybodyAnswered) {
  EXPECT_NEAR(FinitePopulationCorrection(50, 100), std::sqrt(0.5), 1e-12);
  EXPECT_EQ(FinitePopulationCorrection(100, 100), 0);
  EXPECT_EQ(FinitePopulationCorrection(7, 0), 1);
}

TEST(Tests_, AreUndefinedWithoutSpread) {
  EXPECT_FALSE(WelchTest({5, 1, 0}, {5, 2, 0}, 0.95));
  EXPECT_FALSE(PairedTest({5, 1, 0}, 0.95));
}

}  // namespace
}  // namespace trellis
