#include "common/merge/show.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

Sibling Value(Dot dot, std::string bytes, int64_t ms, std::string actor = "ann") {
  return {dot, {ms, 0}, {ms, 0}, std::move(actor), std::move(bytes)};
}

TEST(ShownSibling, RegisterShowsTheLatestThenTheGreaterWriter) {
  const Cell by_time{{1, ""}, {Value({1, 1}, "late", 9), Value({2, 1}, "early", 5)}};
  EXPECT_EQ(ShownSibling(by_time, CellPolicy::kRegister).bytes, "late");
  const Cell tie{{1, ""}, {Value({1, 1}, "small", 5), Value({2, 1}, "great", 5)}};
  EXPECT_EQ(ShownSibling(tie, CellPolicy::kRegister).bytes, "great");
}

TEST(ShownSibling, DistrictWinsWhateverTheTime) {
  const Cell cell{{1, ""}, {Value({1, 1}, "site", 9), Value({2, 1}, "district", 5, "district/jo")}};
  EXPECT_EQ(ShownSibling(cell, CellPolicy::kDistrictWins).bytes, "district");
}

TEST(ShownSibling, MaxComparesNumbersNotBytes) {
  const Cell cell{{1, ""},
                  {Value({1, 1}, std::string("\x08\x80\x02"), 1), Value({2, 1}, std::string("\x08\x7f"), 9)}};
  EXPECT_EQ(ShownSibling(cell, CellPolicy::kMax).bytes, std::string("\x08\x80\x02"));
}

TEST(InConflict, EqualValuesAreNone) {
  EXPECT_FALSE(
      InConflict({{1, ""}, {Value({1, 1}, "same", 1), Value({2, 1}, "same", 2)}}, CellPolicy::kRegister));
  EXPECT_TRUE(InConflict({{1, ""}, {Value({1, 1}, "a", 1), Value({2, 1}, "b", 2)}}, CellPolicy::kRegister));
  EXPECT_FALSE(InConflict({{1, ""}, {Value({1, 1}, "a", 1), Value({2, 1}, "b", 2)}}, CellPolicy::kMax));
}

TEST(Show, JoinsShownValuesAndListsLosers) {
  RecordState state{"Goal", {}, {}};
  state.cells = {{{1, ""}, {Value({1, 1}, "A", 1), Value({2, 1}, "B", 2)}},
                 {{2, ""}, {Value({1, 1}, "C", 1)}}};
  const ShownRecord shown = Show(state, [](uint32_t) { return CellPolicy::kRegister; });
  EXPECT_EQ(shown.message, "BC");
  ASSERT_EQ(shown.conflicts.size(), 1u);
  EXPECT_EQ(shown.conflicts[0].siblings[0].bytes, "B");
  EXPECT_EQ(shown.conflicts[0].siblings[1].bytes, "A");
  EXPECT_TRUE(NeedsAttention(state, [](uint32_t) { return CellPolicy::kRegister; }));
}

}  // namespace
}  // namespace trellis
