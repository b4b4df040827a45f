#include "common/causal/lifecycle.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

Sibling Value(Dot dot, std::string bytes) { return {dot, {1, 0}, {1, 0}, "ann", std::move(bytes)}; }

RecordState StateOf(std::vector<Sibling> marks, std::vector<Sibling> title) {
  RecordState state{"Goal", {}, {}};
  if (!marks.empty()) state.cells.push_back({{kLifecycleField, ""}, marks});
  if (!title.empty()) state.cells.push_back({{1, ""}, title});
  for (const Cell& cell : state.cells) {
    for (const Sibling& sibling : cell.siblings) state.context.Raise(sibling.dot);
  }
  return state;
}

std::string Deleted(Context seen) { return EncodeLifecycle({LifecycleMark::kDeleted, std::move(seen)}); }

TEST(Lifecycle, SurvivesItsBytes) {
  Context seen(Dot{3, 4});
  seen.Raise({900, 1});
  const auto decoded = DecodeLifecycle(Deleted(seen));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->mark, LifecycleMark::kDeleted);
  EXPECT_EQ(decoded->seen, seen);
}

TEST(Lifecycle, RefusesBrokenBytes) {
  EXPECT_FALSE(DecodeLifecycle(""));
  EXPECT_FALSE(DecodeLifecycle("\x09"));
  EXPECT_FALSE(DecodeLifecycle("\x02\x05\x01"));
  EXPECT_FALSE(DecodeLifecycle("\x01 trailing"));
}

TEST(Presence, WithoutAMarkARecordIsLive) {
  EXPECT_EQ(PresenceOf(StateOf({}, {Value({1, 1}, "a")})), Presence::kLive);
}

TEST(Presence, ADeleteThatSawEverythingDeletes) {
  const RecordState state = StateOf({Value({2, 1}, Deleted(Context(Dot{1, 1})))}, {Value({1, 1}, "a")});
  EXPECT_EQ(PresenceOf(state), Presence::kDeleted);
}

TEST(Presence, AnEditTheDeleterDidNotSeeBeatsTheDelete) {
  const RecordState state = StateOf({Value({2, 1}, Deleted(Context(Dot{1, 1})))}, {Value({1, 2}, "b")});
  EXPECT_EQ(PresenceOf(state), Presence::kLiveDespiteDelete);
}

TEST(Presence, ARestoreConcurrentWithADeleteWins) {
  const RecordState state = StateOf({Value({2, 1}, Deleted(Context(Dot{1, 1}))),
                                     Value({3, 1}, EncodeLifecycle({LifecycleMark::kLive, {}}))},
                                    {Value({1, 1}, "a")});
  EXPECT_EQ(PresenceOf(state), Presence::kLiveDespiteDelete);
}

std::string Moved(Context seen) { return EncodeLifecycle({LifecycleMark::kMoved, std::move(seen)}); }

TEST(Presence, AMoveThatSawEverythingMoves) {
  const RecordState state = StateOf({Value({2, 1}, Moved(Context(Dot{1, 1})))}, {Value({1, 1}, "a")});
  EXPECT_EQ(PresenceOf(state), Presence::kMoved);
  EXPECT_TRUE(ChangedSinceMove(state).empty());
}

TEST(Presence, AnEditTheMoverDidNotSeeIsKeptAndNamed) {
  const RecordState state = StateOf({Value({2, 1}, Moved(Context(Dot{1, 1})))}, {Value({1, 2}, "b")});
  EXPECT_EQ(PresenceOf(state), Presence::kMovedButChanged);
  EXPECT_EQ(ChangedSinceMove(state), (std::vector<CellKey>{{1, ""}}));
}

TEST(Presence, ARecordMovedTwiceAtOnceIsForAPersonToSee) {
  const RecordState state =
      StateOf({Value({2, 1}, Moved(Context(Dot{1, 1}))), Value({3, 1}, Moved(Context(Dot{1, 1})))},
              {Value({1, 1}, "a")});
  EXPECT_EQ(PresenceOf(state), Presence::kMovedButChanged);
}

TEST(Presence, ErasedBeatsEverything) {
  const RecordState state = StateOf({Value({2, 1}, EncodeLifecycle({LifecycleMark::kErased, {}})),
                                     Value({3, 1}, EncodeLifecycle({LifecycleMark::kLive, {}}))},
                                    {});
  EXPECT_EQ(PresenceOf(state), Presence::kErased);
}

}  // namespace
}  // namespace trellis
