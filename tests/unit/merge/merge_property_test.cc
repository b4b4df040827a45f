// The laws of README.md on random, causally honest states.
#include <gtest/gtest.h>

#include "common/merge/merge.h"
#include "tests/unit/merge/random_states.h"

namespace trellis {
namespace {

constexpr uint64_t kSeeds = 4000;

RecordState Join(RecordState a, const RecordState& b) {
  EXPECT_EQ(MergeDelta(Whole(b), &a).problem, MergeProblem::kNone);
  return a;
}

TEST(MergeLaws, Commutative) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto s = RandomStates(seed, 3, 14);
    ASSERT_EQ(CanonicalBytes(Join(s[0], s[1])), CanonicalBytes(Join(s[1], s[0]))) << "seed " << seed;
  }
}

TEST(MergeLaws, Associative) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto s = RandomStates(seed, 4, 18);
    ASSERT_EQ(CanonicalBytes(Join(Join(s[0], s[1]), s[2])), CanonicalBytes(Join(s[0], Join(s[1], s[2]))))
        << "seed " << seed;
  }
}

TEST(MergeLaws, IdempotentAndSaysSo) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto s = RandomStates(seed, 3, 14);
    RecordState joined = Join(s[0], s[1]);
    const std::string before = CanonicalBytes(joined);
    for (const RecordState* again : std::vector<const RecordState*>{&s[0], &s[1], &joined}) {
      const RecordState copy = *again;
      ASSERT_FALSE(MergeDelta(Whole(copy), &joined).changed) << "seed " << seed;
      ASSERT_EQ(CanonicalBytes(joined), before) << "seed " << seed;
    }
  }
}

TEST(MergeLaws, ADeltaIsAsGoodAsTheState) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto s = RandomStates(seed, 3, 14, Lowering::kOff);
    SeededRandom random(seed * 31);
    RecordState sender = s[0];
    if (Erased(sender)) continue;
    const Context base = sender.context;
    std::vector<CellKey> changed;
    for (uint64_t n = 1; n <= 3 && !Erased(sender); ++n) {
      const auto touched = WriteRandomly(&random, {100, n}, &sender);
      changed.insert(changed.end(), touched.begin(), touched.end());
      // Erasing takes every cell out, so every cell is changed.
      if (Erased(sender)) {
        for (const Cell& cell : s[0].cells) changed.push_back(cell.key);
      }
    }
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    const Delta delta = DeltaSince({}, sender, base, changed, {});
    for (const RecordState& receiver : s) {
      RecordState by_delta = receiver;
      const MergeResult result = MergeDelta(delta, &by_delta);
      if (!base.CoveredBy(receiver.context)) {
        ASSERT_EQ(result.problem, MergeProblem::kBaseNotCovered);
        ASSERT_EQ(by_delta, receiver);
      } else {
        ASSERT_EQ(result.problem, MergeProblem::kNone);
        ASSERT_EQ(CanonicalBytes(by_delta), CanonicalBytes(Join(receiver, sender))) << "seed " << seed;
      }
    }
  }
}

// A lowered stamp is no write, so no base can speak of it: a receiver that knows no more than the sender but
// gets another version must ask for the whole state.
TEST(MergeLaws, AStampTheDeltaDoesNotCarryShowsInTheVersion) {
  const Sibling high{{1, 1}, {900, 0}, {900, 0}, "ann", "a"};
  Sibling low = high;
  low.effective.ms = 100;
  RecordState receiver{"K", Context(Dot{1, 1}), {{{1, ""}, {high}}}};
  RecordState sender{"K", Context(Dot{1, 1}), {{{1, ""}, {low}}}};
  sender.FindOrInsert({2, ""}).siblings = {{{2, 1}, {5, 0}, {5, 0}, "bob", "b"}};
  sender.context.Raise({2, 1});
  const Delta delta = DeltaSince({}, sender, receiver.context, {{2, ""}}, VersionHash({}, {}, sender));
  ASSERT_EQ(MergeDelta(delta, &receiver).problem, MergeProblem::kNone);
  EXPECT_EQ(receiver.context, delta.context);
  EXPECT_NE(VersionHash({}, {}, receiver), delta.version);
  ASSERT_TRUE(MergeDelta(Whole(sender), &receiver).changed);
  EXPECT_EQ(receiver, sender);
}

TEST(MergeLaws, AnyOrderOfArrivalGivesOneState) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto s = RandomStates(seed, 5, 25);
    RecordState forward{"K", {}, {}};
    RecordState backward{"K", {}, {}};
    for (size_t i = 0; i < s.size(); ++i) {
      forward = Join(forward, s[i]);
      backward = Join(backward, s[s.size() - 1 - i]);
    }
    ASSERT_EQ(forward, backward) << "seed " << seed;
  }
}

}  // namespace
}  // namespace trellis
