#include "common/session/opening.h"

#include "gtest/gtest.h"

namespace trellis::session {
namespace {

ScopeOpening Sender() { return {"F1", {{10, 1}, {11, 51}, {12, 81}}, 100, {}, {}, false}; }

TEST(ResumePoints, NewestEpochWithACursorCounts) {
  const ResumePoints points = FindResumePoints(Sender(), {{10, 3, 50}, {11, 3, 70}, {11, 2, 80}});
  EXPECT_TRUE(points.known);
  EXPECT_EQ(points.lane[3], 70u);
  EXPECT_EQ(points.lane[2], 80u);
  EXPECT_EQ(points.lane[0], 0u);
}

TEST(ResumePoints, CursorIsCutWhereTheSendersTimelineLeftTheEpoch) {
  // The receiver met epoch 11 further on than this timeline went before it was reopened.
  EXPECT_EQ(FindResumePoints(Sender(), {{11, 3, 95}}).lane[3], 80u);
  EXPECT_EQ(FindResumePoints(Sender(), {{12, 3, 200}}).lane[3], 100u);
}

TEST(ResumePoints, EpochSeenBeyondItsEndIsPassedOverUnlessAllLanesWereAtOneHead) {
  // A frame built when the scope stood at 90 moved lane 3 to 70; this timeline left epoch 11 at 80. What
  // stands at or below 70 here may have moved beyond 80 there.
  const std::vector<LaneCursor> partial = {{10, 3, 50, 50}, {11, 3, 70, 90}};
  EXPECT_EQ(FindResumePoints(Sender(), partial).lane[3], 50u);
  std::vector<LaneCursor> head;
  for (uint8_t lane = 0; lane < kLanes; ++lane) head.push_back({11, lane, 90, 90});
  EXPECT_EQ(FindResumePoints(Sender(), head).lane[3], 80u);
  EXPECT_EQ(FindResumePoints(Sender(), {{11, 3, 70, 80}}).lane[3], 70u);
}

TEST(ResumePoints, EpochsOfAnotherTimelineDoNotCount) {
  const ResumePoints points = FindResumePoints(Sender(), {{99, 3, 60}});
  EXPECT_FALSE(points.known);
  EXPECT_EQ(points.lane[3], 0u);
}

TEST(ComparesFirst, OnlyIfBothHoldRecordsAndNoCursorIsKnown) {
  ScopeOpening receiver{"F1", {{20, 1}}, 5, {}, {}, false};
  EXPECT_TRUE(ComparesFirst(Sender(), receiver));
  receiver.cursors = {{12, 0, 3}};
  EXPECT_FALSE(ComparesFirst(Sender(), receiver));
  receiver.cursors.clear();
  receiver.head = 0;
  EXPECT_FALSE(ComparesFirst(Sender(), receiver));
}

TEST(ProblemOf, FindsLineagesThatCannotBe) {
  EXPECT_FALSE(ProblemOf(Sender()).has_value());
  ScopeOpening none = Sender();
  none.lineage.clear();
  EXPECT_TRUE(ProblemOf(none).has_value());
  ScopeOpening backwards = Sender();
  backwards.lineage[2].first_seq = 7;
  EXPECT_TRUE(ProblemOf(backwards).has_value());
  ScopeOpening many = Sender();
  many.lineage.resize(65, {12, 81});
  EXPECT_TRUE(ProblemOf(many).has_value());
}

}  // namespace
}  // namespace trellis::session
