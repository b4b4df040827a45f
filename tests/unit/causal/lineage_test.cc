#include "common/causal/lineage.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

TEST(Lineage, APastEpochEndsWhereTheNextBegins) {
  const Lineage lineage({{11, 1}, {12, 40}, {13, 41}});
  EXPECT_EQ(lineage.EndOf(11), 39u);
  EXPECT_EQ(lineage.EndOf(12), 40u);
  EXPECT_EQ(lineage.EndOf(13), Lineage::kOpenEnd);
  EXPECT_EQ(lineage.EndOf(99), std::nullopt);
}

TEST(Lineage, ContainsOnlyItsOwnTimeline) {
  // The store was rewound to seq 39 of epoch 11: what a peer got from epoch 11 beyond that is not its past.
  const Lineage lineage({{11, 1}, {12, 40}});
  EXPECT_TRUE(lineage.Contains(11, 39));
  EXPECT_FALSE(lineage.Contains(11, 40));
  EXPECT_TRUE(lineage.Contains(12, 1'000'000));
  EXPECT_FALSE(lineage.Contains(10, 1));
}

TEST(Lineage, AnEpochThatAllocatedNothingIsEmpty) {
  const Lineage lineage({{11, 1}, {12, 1}});
  EXPECT_EQ(lineage.EndOf(11), 0u);
  EXPECT_FALSE(lineage.Contains(11, 1));
}

}  // namespace
}  // namespace trellis
