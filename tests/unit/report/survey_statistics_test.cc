// Formulas of single reports, by hand-computed cases.
#include <gtest/gtest.h>

#include "common/report/agreement.h"
#include "common/report/item_score.h"
#include "common/report/need_ranking.h"
#include "common/report/reliability.h"

namespace trellis {
namespace {

QuestionDefinition FourPoint(bool reversed) {
  QuestionDefinition question{.code = "Q", .reversed = reversed};
  for (double value : {4, 3, 2, 1}) question.choices.push_back({value, false, true});
  question.choices.push_back({0, false, false});
  return question;
}

TEST(ItemScore_, FirstOfFourChoicesScoresTenAndTheFifthDoesNot) {
  const auto scores = TenPointScores(FourPoint(false));
  ASSERT_EQ(scores.size(), 5U);
  EXPECT_DOUBLE_EQ(*scores[0], 10);
  EXPECT_NEAR(*scores[1], 20.0 / 3, 1e-12);
  EXPECT_DOUBLE_EQ(*scores[3], 0);
  EXPECT_FALSE(scores[4]);
  const std::vector<int64_t> counts{11, 9, 1, 0, 7};
  const Moments score = ItemScore(counts, scores);
  EXPECT_EQ(score.n, 21);
  EXPECT_NEAR(score.mean, (110 + 60 + 10.0 / 3) / 21, 1e-12);
}

TEST(ItemScore_, ReversedIsTenMinusTheScore) {
  const std::vector<int64_t> counts{3, 5, 1, 2, 0};
  EXPECT_NEAR(ItemScore(counts, TenPointScores(FourPoint(false))).mean +
                  ItemScore(counts, TenPointScores(FourPoint(true))).mean,
              10, 1e-12);
}

TEST(ItemScore_, MarkedFavorableChoicesAreTheBest) {
  QuestionDefinition question = FourPoint(false);
  question.choices[2].favorable = question.choices[3].favorable = true;
  EXPECT_DOUBLE_EQ(*TenPointScores(question)[3], 10);
}

TEST(Agreement_, VarianceOfTwoSmallGroups) {
  // Groups 1 2 3 and 4 5 6: SSB = 13.5, SSW = 4.
  const auto found = VarianceOfGroups(std::vector<Moments>{{3, 2, 1}, {3, 5, 1}});
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->between, 13.5);
  EXPECT_DOUBLE_EQ(found->within, 1);
  EXPECT_DOUBLE_EQ(found->adjusted_size, 3);
  EXPECT_DOUBLE_EQ(found->Icc1(3), 12.5 / 15.5);
  EXPECT_DOUBLE_EQ(found->Icc2(), 12.5 / 13.5);
}

TEST(Agreement_, WithinGroupIsAtLeastZero) {
  EXPECT_DOUBLE_EQ(UniformVariance(5), 2);
  EXPECT_DOUBLE_EQ(WithinGroupAgreement(0.5, 1, 2), 0.75);
  EXPECT_DOUBLE_EQ(WithinGroupAgreement(2.5, 4, 2), 0);
  EXPECT_DOUBLE_EQ(WithinGroupAgreement(0, 4, 2), 1);
}

TEST(Reliability_, EqualCorrelationsHaveKnownAlphaAndOmega) {
  Eigen::MatrixXd covariances = Eigen::MatrixXd::Constant(4, 4, 0.5);
  covariances.diagonal().setOnes();
  const auto found = ReliabilityOf(covariances, 100, 0.95);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->alpha, 0.8, 1e-12);  // 4·0.5 / (1 + 3·0.5)
  EXPECT_NEAR(*found->omega, 0.8, 1e-9);
  EXPECT_NEAR(found->alpha_without[0], 0.75, 1e-12);
  EXPECT_NEAR(found->item_rest[0], 1.5 / std::sqrt(6.0), 1e-12);
}

TEST(NeedRanking_, WeighsStretchedPartsAndBreaksTiesBySizeThenCode) {
  const auto ranked = RankNeeds({{.construct = "A", .n = 20, .favorable = 0.8, .gap = 0.1},
                                 {.construct = "B", .n = 20, .favorable = 0.4, .gap = 0.3},
                                 {.construct = "C", .n = 20, .favorable = 0.6, .gap = 0.1, .decline = 0.2}},
                                {});
  EXPECT_EQ(ranked[0].construct, "B");
  EXPECT_DOUBLE_EQ(ranked[0].score, 0.4 + 0.3);
  EXPECT_EQ(ranked[1].construct, "C");
  EXPECT_NEAR(ranked[1].score, 0.4 * 0.5 + 0.2, 1e-12);
  EXPECT_DOUBLE_EQ(ranked[2].score, 0);
  const auto tied =
      RankNeeds({{.construct = "B", .n = 5}, {.construct = "A", .n = 5}, {.construct = "C", .n = 9}}, {});
  EXPECT_EQ(tied[0].construct, "C");
  EXPECT_EQ(tied[1].construct, "A");
}

}  // namespace
}  // namespace trellis
