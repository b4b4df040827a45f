#include "common/merge/merge.h"

#include <gtest/gtest.h>

#include "common/causal/lifecycle.h"

namespace trellis {
namespace {

Sibling Value(Dot dot, std::string bytes, int64_t ms = 1) {
  return {dot, {ms, 0}, {ms, 0}, "ann", std::move(bytes)};
}

RecordState State(std::vector<Cell> cells, std::vector<Dot> seen = {}) {
  RecordState state{"Goal", {}, std::move(cells)};
  for (const Cell& cell : state.cells) {
    for (const Sibling& sibling : cell.siblings) state.context.Raise(sibling.dot);
  }
  for (const Dot& dot : seen) state.context.Raise(dot);
  return state;
}

Delta Whole(const RecordState& state) { return WholeDelta({}, state, {}); }

TEST(MergeDelta, ConcurrentEditsOfDifferentFieldsBothStand) {
  RecordState ours = State({{{1, ""}, {Value({1, 2}, "ours")}}, {{2, ""}, {Value({1, 1}, "old")}}});
  const RecordState theirs = State({{{1, ""}, {Value({1, 1}, "old")}}, {{2, ""}, {Value({2, 1}, "theirs")}}});
  ASSERT_EQ(MergeDelta(Whole(theirs), &ours).problem, MergeProblem::kNone);
  EXPECT_EQ(ours.Find({1, ""})->siblings, (std::vector{Value({1, 2}, "ours")}));
  EXPECT_EQ(ours.Find({2, ""})->siblings, (std::vector{Value({2, 1}, "theirs")}));
}

TEST(MergeDelta, ConcurrentEditsOfOneFieldAreBothKept) {
  RecordState ours = State({{{1, ""}, {Value({1, 2}, "ours")}}});
  const RecordState theirs = State({{{1, ""}, {Value({2, 1}, "theirs")}}}, {{1, 1}});
  ASSERT_TRUE(MergeDelta(Whole(theirs), &ours).changed);
  EXPECT_EQ(ours.Find({1, ""})->siblings.size(), 2u);
}

TEST(MergeDelta, AnEditThatSawAValueReplacesIt) {
  RecordState ours = State({{{1, ""}, {Value({1, 1}, "old")}}});
  const RecordState theirs = State({{{1, ""}, {Value({2, 1}, "new")}}}, {{1, 1}});
  ASSERT_TRUE(MergeDelta(Whole(theirs), &ours).changed);
  EXPECT_EQ(ours.Find({1, ""})->siblings, (std::vector{Value({2, 1}, "new")}));
}

TEST(MergeDelta, AnAddConcurrentWithATakeOutStays) {
  RecordState ours = State({}, {{1, 1}});  // the element was taken out here
  ours.context.Raise({1, 2});
  const RecordState theirs = State({{{3, "math"}, {Value({2, 1}, "math")}}}, {{1, 1}});
  ASSERT_TRUE(MergeDelta(Whole(theirs), &ours).changed);
  EXPECT_NE(ours.Find({3, "math"}), nullptr);
}

TEST(MergeDelta, EffectiveStampOnlySinks) {
  RecordState ours = State({{{1, ""}, {Value({1, 1}, "v", 900)}}});
  RecordState theirs = ours;
  theirs.cells[0].siblings[0].effective.ms = 100;
  ASSERT_TRUE(MergeDelta(Whole(theirs), &ours).changed);
  EXPECT_EQ(ours.cells[0].siblings[0].effective.ms, 100);
  EXPECT_EQ(ours.cells[0].siblings[0].raw.ms, 900);
}

TEST(MergeDelta, ErasureTakesEveryValueAndALateCopyDoesNotBringThemBack) {
  const RecordState late = State({{{1, ""}, {Value({1, 1}, "secret")}}, {{2, ""}, {Value({3, 1}, "late")}}});
  RecordState erased = State(
      {{{kLifecycleField, ""}, {Value({2, 1}, EncodeLifecycle({LifecycleMark::kErased, {}}))}}}, {{1, 1}});
  ASSERT_EQ(MergeDelta(Whole(late), &erased).problem, MergeProblem::kNone);
  ASSERT_EQ(erased.cells.size(), 1u);
  EXPECT_EQ(PresenceOf(erased), Presence::kErased);
  EXPECT_TRUE(erased.context.Covers({3, 1}));
}

TEST(MergeDelta, RefusesADeltaWhoseBaseIsNotKnown) {
  RecordState ours = State({{{1, ""}, {Value({1, 1}, "old")}}});
  const RecordState before = ours;
  const RecordState theirs = State({{{1, ""}, {Value({2, 2}, "new")}}}, {{1, 1}});
  Context base(Dot{2, 1});
  EXPECT_EQ(MergeDelta(DeltaSince({}, theirs, base, {{1, ""}}, {}), &ours).problem,
            MergeProblem::kBaseNotCovered);
  EXPECT_EQ(ours, before);
}

TEST(MergeDelta, RefusesOneDotWithTwoContents) {
  RecordState ours = State({{{1, ""}, {Value({1, 1}, "one")}}});
  const RecordState theirs = State({{{1, ""}, {Value({1, 1}, "other")}}});
  EXPECT_EQ(MergeDelta(Whole(theirs), &ours).problem, MergeProblem::kDotCollision);
}

TEST(MergeDelta, RefusesAnotherKindUnderTheSameId) {
  RecordState ours = State({{{1, ""}, {Value({1, 1}, "one")}}});
  RecordState theirs = State({{{1, ""}, {Value({2, 1}, "two")}}});
  theirs.kind = "Metric";
  EXPECT_EQ(MergeDelta(Whole(theirs), &ours).problem, MergeProblem::kKindDiffers);
}

TEST(MergeDelta, RefusesAConflictStorm) {
  Cell cell{{1, ""}, {}};
  for (uint64_t writer = 1; writer <= kMaxSiblings + 1; ++writer)
    cell.siblings.push_back(Value({writer, 1}, "x"));
  RecordState ours{"Goal", {}, {}};
  EXPECT_EQ(MergeDelta(Whole(State({cell})), &ours).problem, MergeProblem::kTooManySiblings);
  EXPECT_TRUE(ours.empty());
}

TEST(MergeDelta, RefusesAValueOutsideItsContextAndDisorder) {
  RecordState ours{"Goal", {}, {}};
  Delta uncovered = Whole(State({{{1, ""}, {Value({1, 1}, "x")}}}));
  uncovered.context = Context(Dot{2, 1});
  EXPECT_EQ(MergeDelta(uncovered, &ours).problem, MergeProblem::kMalformed);
  Delta disorder = Whole(State({{{1, ""}, {Value({1, 1}, "x")}}, {{2, ""}, {Value({1, 1}, "x")}}}));
  std::swap(disorder.cells[0], disorder.cells[1]);
  EXPECT_EQ(MergeDelta(disorder, &ours).problem, MergeProblem::kMalformed);
}

}  // namespace
}  // namespace trellis
