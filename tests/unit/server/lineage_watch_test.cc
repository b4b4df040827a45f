#include "server/ingest/lineage_watch.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

TEST(LineageWatchTest, LineageThatGrows_Continues) {
  LineageWatch watch;
  EXPECT_TRUE(watch.Continues("a", {{10, 1}}));
  EXPECT_TRUE(watch.Continues("a", {{10, 1}, {20, 5}}));
  EXPECT_TRUE(watch.Continues("a", {{20, 5}, {30, 9}}));  // an old row forgotten
  EXPECT_TRUE(watch.Continues("b", {{10, 1}, {21, 5}}));  // another peer's affair
}

TEST(LineageWatchTest, SecondChildOfOneOpening_IsToldOnce) {
  LineageWatch watch;
  EXPECT_TRUE(watch.Continues("a", {{10, 1}, {20, 5}}));
  EXPECT_FALSE(watch.Continues("a", {{10, 1}, {25, 5}}));
  EXPECT_TRUE(watch.Continues("a", {{10, 1}, {25, 5}, {26, 7}}));
}

}  // namespace
}  // namespace trellis
