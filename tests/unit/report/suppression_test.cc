#include "common/report/suppression.h"

#include <gtest/gtest.h>

#include "common/report/group_lattice.h"

namespace trellis {
namespace {

// One line of groups with its total last.
std::vector<bool> SuppressLine(const std::vector<int64_t>& groups, int64_t min_n,
                               std::optional<size_t> withheld = std::nullopt) {
  SuppressionTable table;
  SuppressionLine line;
  int64_t total = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    table.cells.push_back({"group " + std::to_string(i), {groups[i]}, withheld == i});
    line.members.push_back(i);
    total += groups[i];
  }
  line.total = table.cells.size();
  table.cells.push_back({"total", {total}});
  table.lines.push_back(line);
  return Suppress(table, min_n);
}

using Hidden = std::vector<bool>;

TEST(Suppression_, ShowsWhatIsLargeEnough) {
  EXPECT_EQ(SuppressLine({10, 20, 0}, 10), (Hidden{false, false, false, false}));
}

TEST(Suppression_, HidesASmallCellAndTheSmallestOther) {
  EXPECT_EQ(SuppressLine({4, 40, 30}, 10), (Hidden{true, false, true, false}));
}

TEST(Suppression_, TiesGoById) {
  EXPECT_EQ(SuppressLine({30, 30, 4}, 10), (Hidden{true, false, true, false}));
}

TEST(Suppression_, ZeroProtectsNobody) {
  EXPECT_EQ(SuppressLine({4, 0, 40, 50}, 10), (Hidden{true, false, true, false, false}));
}

TEST(Suppression_, TwoSmallCellsProtectEachOther) {
  EXPECT_EQ(SuppressLine({4, 5, 40}, 10), (Hidden{true, true, true, false}));  // 40 leaves 9 others
  EXPECT_EQ(SuppressLine({6, 7, 40}, 10), (Hidden{true, true, false, false}));
}

TEST(Suppression_, HidesACellThatLeavesFewOthers) {
  EXPECT_EQ(SuppressLine({95, 5}, 10), (Hidden{true, true, false}));
}

TEST(Suppression_, HidesTheTotalWhenNothingElseIsLeft) {
  EXPECT_EQ(SuppressLine({6}, 10), (Hidden{true, true}));
  EXPECT_EQ(SuppressLine({20}, 10, 0), (Hidden{true, true}));
}

TEST(Suppression_, AWithheldCellNeedsAComplementToo) {
  EXPECT_EQ(SuppressLine({20, 30, 40}, 10, 2), (Hidden{true, false, true, false}));
}

TEST(Suppression_, EveryCountOfACellMustBeLargeEnough) {
  SuppressionTable table{{{"a", {20, 3}}, {"b", {20, 20}}, {"c", {20, 20}}, {"total", {60, 43}}}, {}};
  table.lines.push_back({3, {0, 1, 2}});
  EXPECT_EQ(Suppress(table, 10), (Hidden{true, true, false, false}));
}

// Two squares of hidden cells joined by one more: every row and column has two or more hidden cells, yet the
// joining one follows from all of them together.
TEST(Suppression_, HidesAgainstCombinationsOfLines) {
  const int kSize = 5;
  const std::vector<std::pair<int, int>> small{{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 2},
                                               {2, 3}, {3, 2}, {3, 3}, {0, 2}};
  std::map<GroupKey, GroupFacts> groups;
  for (int r = 0; r < kSize; ++r) {
    for (int c = 0; c < kSize; ++c) {
      groups[{std::to_string(r), std::to_string(c)}] = {{50 + r + c}, {}, false};
    }
  }
  for (const auto& [r, c] : small) groups[{std::to_string(r), std::to_string(c)}].counts = {7};
  int64_t hidden = 0;
  for (const auto& [key, hide] : HideGroups(groups, 10)) hidden += hide;
  EXPECT_GT(hidden, static_cast<int64_t>(small.size()));
}

TEST(GroupLattice_, HidesAllOrNothingOfSurveyAnswers) {
  std::map<GroupKey, GroupFacts> groups;
  groups[{"a"}] = {{20}, {{40, 40}}, false};
  groups[{"b"}] = {{25}, {{10, 50}}, false};
  groups[{"c"}] = {{30}, {{20, 60}}, false};
  const auto hidden = HideGroups(groups, 10);
  EXPECT_TRUE(hidden.at({"a"}));
  EXPECT_TRUE(hidden.at({"b"}));
  EXPECT_FALSE(hidden.at({"c"}));
}

TEST(GroupLattice_, ACoarseTableIsHiddenAsOnItsOwn) {
  std::map<GroupKey, GroupFacts> by_role{
      {{"aide"}, {{6}, {}, false}}, {{"coach"}, {{30}, {}, false}}, {{"teacher"}, {{80}, {}, false}}};
  EXPECT_TRUE(HideGroups(by_role, 10).at({"coach"}));
  std::map<GroupKey, GroupFacts> alone{{{}, {{120}, {}, false}}};
  EXPECT_FALSE(HideGroups(alone, 10).at({}));
  alone[{}].counts = {9};
  EXPECT_TRUE(HideGroups(alone, 10).at({}));
}

}  // namespace
}  // namespace trellis
