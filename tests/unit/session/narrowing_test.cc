#include "common/session/narrowing.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/session/fake_store.h"

namespace trellis::session {
namespace {

using testing::ElementsAre;

TEST(DifferingBuckets, OfEitherSide) {
  const std::vector<Narrow::Bucket> mine = {{1, 1, {5, 0}}, {2, 1, {6, 0}}, {4, 1, {1, 1}}};
  const std::vector<Narrow::Bucket> theirs = {{1, 1, {5, 0}}, {2, 1, {7, 0}}, {3, 1, {8, 0}}};
  EXPECT_THAT(DifferingBuckets(mine, theirs), ElementsAre(2, 3, 4));
}

TEST(Compare, SendsWhatIsMissingOrOtherAndAsksTheSame) {
  const std::vector<Versions::Entry> mine = {{IdOf(1), {1, 0}}, {IdOf(2), {2, 0}}, {IdOf(3), {3, 0}}};
  const std::vector<Versions::Entry> theirs = {{IdOf(1), {1, 0}}, {IdOf(2), {9, 0}}, {IdOf(4), {4, 0}}};
  const Differences differences = Compare(mine, theirs, {});
  EXPECT_THAT(differences.to_send, ElementsAre(IdOf(2), IdOf(3)));
  EXPECT_THAT(differences.to_ask,
              ElementsAre(Versions::Entry{IdOf(2), {2, 0}}, Versions::Entry{IdOf(4), Hash128()}));
}

TEST(Compare, LeavesOutWhatWasSetAside) {
  const Differences differences = Compare({{IdOf(1), {1, 0}}}, {}, {IdOf(1)});
  EXPECT_TRUE(differences.to_send.empty());
}

TEST(NarrowPace, WaitsLongerEachTimeUpToAnHour) {
  NarrowPace pace;
  int64_t now_ms = 0;
  int times = 0;
  for (; now_ms < 24 * 3'600'000; now_ms += 1000) {
    if (!pace.MayBegin(now_ms)) continue;
    pace.Begun(now_ms);
    ++times;
  }
  EXPECT_GT(times, 24);
  EXPECT_LT(times, 45);
  pace.Mended();
  EXPECT_TRUE(pace.MayBegin(now_ms));
}

}  // namespace
}  // namespace trellis::session
