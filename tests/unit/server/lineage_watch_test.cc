#include "server/ingest/lineage_watch.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

TEST(LineageWatchTest, LineageThatGrows_Continues) {
  LineageWatch watch;
  EXPECT_TRUE(watch.Continues("a", {{10, 1}}, {}));
  EXPECT_TRUE(watch.Continues("a", {{10, 1}, {20, 5}}, {}));
  EXPECT_TRUE(watch.Continues("a", {{20, 5}, {30, 9}}, {}));  // an old row forgotten
  EXPECT_TRUE(watch.Continues("b", {{10, 1}, {21, 5}}, {}));  // another peer's affair
}

TEST(LineageWatchTest, SecondChildOfOneOpening_IsToldOnce) {
  LineageWatch watch;
  EXPECT_TRUE(watch.Continues("a", {{10, 1}, {20, 5}}, {}));
  EXPECT_FALSE(watch.Continues("a", {{10, 1}, {25, 5}}, {}));
  EXPECT_TRUE(watch.Continues("a", {{10, 1}, {25, 5}, {26, 7}}, {}));
}

TEST(LineageWatchTest, OpeningThatEndsBeforeWhatWasSeenOfIt_IsToldOnce) {
  LineageWatch watch;
  EXPECT_TRUE(watch.Continues("a", {{10, 1}}, {}));
  EXPECT_FALSE(watch.Continues("a", {{10, 1}, {20, 5}}, {{10, 8}}));
  EXPECT_TRUE(watch.Continues("a", {{10, 1}, {20, 5}}, {{10, 8}}));
}

TEST(LineageWatchTest, SavedAndRestored_KnowsWhatItKnew) {
  LineageWatch before;
  EXPECT_TRUE(before.Continues("a", {{10, 1}, {20, 5}}, {}));
  const std::optional<std::string> saved = before.TakeUnsaved("a");
  ASSERT_TRUE(saved.has_value());
  EXPECT_FALSE(before.TakeUnsaved("a").has_value());

  LineageWatch after;
  EXPECT_FALSE(after.Remembers("a"));
  after.Restore("a", *saved);
  EXPECT_TRUE(after.Remembers("a"));
  EXPECT_FALSE(after.Continues("a", {{10, 1}, {25, 5}}, {}));
}

TEST(LineageWatchTest, DamagedMemory_IsTakenAsNone) {
  LineageWatch watch;
  watch.Restore("a", "\xff");
  EXPECT_TRUE(watch.Continues("a", {{10, 1}, {20, 5}}, {}));
}

}  // namespace
}  // namespace trellis
