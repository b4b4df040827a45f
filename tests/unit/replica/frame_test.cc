#include "tests/unit/replica/replica_fixture.h"

namespace trellis {
namespace {

FrameRequest Request(Lane lane, uint64_t after = 0, size_t max_items = 100) {
  FrameRequest request;
  request.scope = kScope;
  request.lane = lane;
  request.after = after;
  request.max_items = max_items;
  return request;
}

ApplyOptions From(const TestStore& store) {
  ApplyOptions options;
  options.peer = store.name();
  return options;
}

class FrameTest : public testing::Test {
 protected:
  FrameTest() : a_(1, "a"), b_(2, "b") {
    EXPECT_TRUE(a_->BeginScope(kScope).ok());
    EXPECT_TRUE(b_->BeginScope(kScope).ok());
  }
  ReplicaFrame Build(const FrameRequest& request) { return *a_->BuildFrame(request); }
  ApplyOutcome Apply(const ReplicaFrame& frame) { return *b_->ApplyFrame(frame, From(a_)); }
  Origin OriginAtB(uint8_t id) { return b_.Get(IdOf(id)).origin; }

  TestStore a_;
  TestStore b_;
};

TEST_F(FrameTest, Build_NeedsTheScopeBegun) {
  TestStore store(3);
  EXPECT_TRUE(absl::IsFailedPrecondition(store->BuildFrame(Request(Lane::kEdits)).status()));
}

TEST_F(FrameTest, LastFrameOfALane_ReflectsTheScopesSeq) {
  for (uint8_t i = 1; i <= 3; ++i) ASSERT_TRUE(a_.Create(IdOf(i), 1, "x").ok());
  const ReplicaFrame first = Build(Request(Lane::kEdits, 0, 2));
  EXPECT_EQ(first.items.size(), 2u);
  EXPECT_EQ(first.hi, 2u);
  EXPECT_FALSE(first.lane_end);
  EXPECT_EQ(first.head, 3u);
  const ReplicaFrame last = Build(Request(Lane::kEdits, 2, 2));
  EXPECT_EQ(last.items.size(), 1u);
  EXPECT_EQ(last.hi, 3u);
  EXPECT_TRUE(last.lane_end);
  const ReplicaFrame empty_lane = Build(Request(Lane::kBulk));
  EXPECT_TRUE(empty_lane.items.empty());
  EXPECT_EQ(empty_lane.hi, 3u);
  EXPECT_TRUE(empty_lane.lane_end);
}

TEST_F(FrameTest, MaxBytes_AlwaysLetsOneItemThrough) {
  for (uint8_t i = 1; i <= 3; ++i) ASSERT_TRUE(a_.Create(IdOf(i), 1, std::string(100, 'x')).ok());
  FrameRequest request = Request(Lane::kEdits);
  request.max_bytes = 1;
  EXPECT_EQ(Build(request).items.size(), 1u);
  request.max_bytes = 350;
  EXPECT_EQ(Build(request).items.size(), 2u);
}

TEST_F(FrameTest, Apply_SetsOriginAndCursor) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  const ReplicaFrame frame = Build(Request(Lane::kEdits));
  const ApplyOutcome outcome = Apply(frame);
  EXPECT_EQ(outcome.cursor, frame.hi);
  EXPECT_EQ(outcome.changed, 1u);
  EXPECT_EQ(OriginAtB(1), (Origin{a_->epoch(), frame.hi}));
  EXPECT_EQ(b_.Get(IdOf(1)).version, a_.Get(IdOf(1)).version);
  EXPECT_EQ(*b_->Cursors("a", kScope), (std::vector<PeerCursor>{{a_->epoch(), Lane::kEdits, 1, 1}}));

  // What came from a is not sent back to a, and the empty frame moves on.
  FrameRequest back = Request(Lane::kEdits);
  back.peer_lineage = a_->Head(kScope)->lineage;
  const ReplicaFrame echo = *b_->BuildFrame(back);
  EXPECT_TRUE(echo.items.empty());
  EXPECT_EQ(echo.hi, 1u);
}

TEST_F(FrameTest, ApplyAgain_ChangesNothing) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  const ReplicaFrame frame = Build(Request(Lane::kEdits));
  Apply(frame);
  const uint64_t rows = b_.engine().size();
  const ApplyOutcome again = Apply(frame);
  EXPECT_EQ(again.changed, 0u);
  EXPECT_EQ(b_->Head(kScope)->seq, 1u);
  EXPECT_EQ(b_.engine().size(), rows);
}

TEST_F(FrameTest, FrameBeyondTheCursor_IsMergedAndMovesNothing) {
  for (uint8_t i = 1; i <= 2; ++i) ASSERT_TRUE(a_.Create(IdOf(i), 1, "x").ok());
  const ReplicaFrame second = Build(Request(Lane::kEdits, 1));
  const ApplyOutcome outcome = Apply(second);
  EXPECT_EQ(outcome.changed, 1u);
  EXPECT_EQ(outcome.cursor, 0u);
  EXPECT_TRUE(b_->Cursors("a", kScope)->empty());
  ApplyOptions options = From(a_);
  options.cursor_floor = 1;
  EXPECT_EQ(b_->ApplyFrame(second, options)->cursor, 2u);
}

TEST_F(FrameTest, LocalEdits_TravelAsOneDelta) {
  RecordWrite create;
  create.kind = kKind;
  create.id = IdOf(1);
  for (uint32_t field = 1; field <= 4; ++field) create.cells.push_back({{field, ""}, TextField(field, "x")});
  ASSERT_TRUE(a_.Write(create).ok());
  Apply(Build(Request(Lane::kEdits)));
  ASSERT_TRUE(a_.Update(IdOf(1), 2, "y").ok());
  ASSERT_TRUE(a_.Update(IdOf(1), 3, "z").ok());
  const ReplicaFrame frame = Build(Request(Lane::kEdits, 1));
  ASSERT_EQ(frame.items.size(), 1u);
  EXPECT_FALSE(frame.items[0].whole);
  EXPECT_EQ(frame.items[0].cells.size(), 2u);
  Apply(frame);
  EXPECT_EQ(b_.Get(IdOf(1)).version, a_.Get(IdOf(1)).version);
  EXPECT_EQ(OriginAtB(1).epoch, a_->epoch());

  // Sent once, the next write starts a new delta.
  ASSERT_TRUE(a_.Update(IdOf(1), 4, "w").ok());
  EXPECT_EQ(Build(Request(Lane::kEdits, frame.hi)).items[0].cells.size(), 1u);
}

TEST_F(FrameTest, DeltaWithoutItsBase_NacksTheWholeFrame) {
  RecordWrite create;
  create.kind = kKind;
  create.id = IdOf(1);
  for (uint32_t field = 1; field <= 3; ++field) create.cells.push_back({{field, ""}, TextField(field, "x")});
  ASSERT_TRUE(a_.Write(create).ok());
  ASSERT_TRUE(a_.Create(IdOf(2), 1, "fresh").ok());
  ASSERT_TRUE(a_.Update(IdOf(1), 2, "y").ok());
  FrameRequest request = Request(Lane::kEdits, 1);  // as if the base had arrived
  const ApplyOutcome nacked = Apply(Build(request));
  EXPECT_EQ(nacked.nacks, (std::vector<RecordId>{IdOf(1)}));
  EXPECT_EQ(nacked.changed, 0u);
  EXPECT_EQ(b_->Head(kScope)->records, 0u);

  request.whole = nacked.nacks;
  const ApplyOutcome outcome = Apply(Build(request));
  EXPECT_TRUE(outcome.nacks.empty());
  EXPECT_EQ(b_->Head(kScope)->records, 2u);
  EXPECT_EQ(b_.Get(IdOf(1)).version, a_.Get(IdOf(1)).version);
}

TEST_F(FrameTest, ConcurrentStates_AreOfNoOrigin) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "by a").ok());
  ASSERT_TRUE(b_.Create(IdOf(1), 1, "by b").ok());
  Apply(Build(Request(Lane::kEdits)));
  EXPECT_EQ(OriginAtB(1), Origin());
}

TEST_F(FrameTest, AnotherKindUnderTheId_IsSetAsideAndPassed) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  ASSERT_TRUE(a_.Create(IdOf(2), 1, "y").ok());
  RecordWrite other;
  other.kind = "test.Other";
  other.id = IdOf(1);
  ASSERT_TRUE(b_.Write(other).ok());
  const ReplicaFrame frame = Build(Request(Lane::kEdits));
  const ApplyOutcome outcome = Apply(frame);
  EXPECT_EQ(outcome.cursor, frame.hi);
  ASSERT_EQ(outcome.set_aside.size(), 1u);
  EXPECT_EQ(outcome.set_aside[0].id, IdOf(1));
  EXPECT_EQ(b_.Get(IdOf(1)).state.kind, "test.Other");
  EXPECT_EQ(b_->Head(kScope)->records, 2u);
  Apply(frame);  // stands once
  const auto items = *b_->SetAsideItems(kScope);
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].delta, frame.items[0]);
  EXPECT_EQ(items[0].peer, "a");
}

TEST_F(FrameTest, RefusedItem_IsSetAsideUntilARetryTakesIt) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  ApplyOptions options = From(a_);
  options.admit = [](std::string_view, const Delta&) { return absl::PermissionDeniedError("not yours"); };
  const auto outcome = b_->ApplyFrame(Build(Request(Lane::kEdits)), options);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->set_aside[0].reason, "not yours");
  EXPECT_EQ(b_->Head(kScope)->records, 0u);
  EXPECT_EQ(b_->SetAsides(kScope)->size(), 1u);
  b_.Crash();
  const auto retried = b_->RetrySetAside(kScope, IdOf(1), From(a_));
  ASSERT_TRUE(retried.ok());
  EXPECT_EQ(retried->changed, 1u);
  EXPECT_TRUE(b_->SetAsides(kScope)->empty());
  EXPECT_EQ(b_.Get(IdOf(1)).version, a_.Get(IdOf(1)).version);
  EXPECT_TRUE(absl::IsNotFound(b_->RetrySetAside(kScope, IdOf(1), From(a_)).status()));
}

TEST_F(FrameTest, ItemThatBringsNothingNew_NeedsNoAdmission) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  const ReplicaFrame frame = Build(Request(Lane::kEdits));
  Apply(frame);
  ApplyOptions refusing = From(a_);
  refusing.admit = [](std::string_view, const Delta&) { return absl::PermissionDeniedError("not yours"); };
  const auto again = b_->ApplyFrame(frame, refusing);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->set_aside.empty());
}

TEST_F(FrameTest, LaterStateThatCovers_ClearsWhatWasSetAside) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  ApplyOptions refusing = From(a_);
  refusing.admit = [](std::string_view, const Delta&) { return absl::PermissionDeniedError("not now"); };
  ASSERT_TRUE(b_->ApplyFrame(Build(Request(Lane::kEdits)), refusing).ok());
  ASSERT_TRUE(a_.Update(IdOf(1), 1, "y").ok());
  Apply(Build(Request(Lane::kEdits)));
  EXPECT_TRUE(b_->SetAsides(kScope)->empty());
}

TEST_F(FrameTest, OneDotWithTwoContents_IsHeldUntilAPersonDecides) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  const ReplicaFrame frame = Build(Request(Lane::kEdits));
  Apply(frame);
  ReplicaFrame forged = frame;
  forged.items[0].cells[0].siblings[0].bytes = TextField(1, "forged");
  EXPECT_EQ(Apply(forged).set_aside.size(), 1u);
  EXPECT_EQ(b_.Values(IdOf(1), 1), (std::vector<std::string>{"x"}));
  ASSERT_TRUE(a_.Update(IdOf(1), 1, "y").ok());
  Apply(Build(Request(Lane::kEdits, frame.hi)));
  EXPECT_EQ(b_.Values(IdOf(1), 1), (std::vector<std::string>{"y"}));
  EXPECT_EQ(b_->SetAsides(kScope)->size(), 1u);
}

TEST_F(FrameTest, StampsFarAhead_AreLoweredToTheReceiptAndComeBack) {
  a_.clock().SetWall(10'000'000'000);
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  ApplyOptions options;
  options.receipt_ms = 2'000'000;
  SendAll(a_, &b_, options);
  const Sibling at_b = b_.Get(IdOf(1)).state.cells[0].siblings[0];
  EXPECT_EQ(at_b.effective.ms, 2'000'000);
  EXPECT_EQ(at_b.raw.ms, 10'000'000'000);
  EXPECT_EQ(OriginAtB(1), Origin());
  SendAll(b_, &a_);
  EXPECT_EQ(a_.Get(IdOf(1)).version, b_.Get(IdOf(1)).version);
  SendAll(a_, &b_, options);
  EXPECT_EQ(b_->Head(kScope)->seq, 1u);
}

TEST_F(FrameTest, MalformedFrames_AreRefused) {
  ReplicaFrame frame;
  EXPECT_TRUE(absl::IsInvalidArgument(b_->ApplyFrame(frame, From(a_)).status()));
  frame = Build(Request(Lane::kEdits));
  frame.prev = frame.hi + 1;
  EXPECT_TRUE(absl::IsInvalidArgument(b_->ApplyFrame(frame, From(a_)).status()));
  frame = Build(Request(Lane::kEdits));
  frame.lane = static_cast<Lane>(7);
  EXPECT_TRUE(absl::IsInvalidArgument(b_->ApplyFrame(frame, From(a_)).status()));
}

TEST_F(FrameTest, ARecordTwiceInAFrame_IsMergedTwice) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  ReplicaFrame frame = Build(Request(Lane::kEdits));
  frame.items.push_back(frame.items[0]);
  EXPECT_EQ(Apply(frame).changed, 1u);
  ExpectDerivedEqualsRecords(b_);
}

TEST_F(FrameTest, AdvanceToHead_MovesEveryLane) {
  ASSERT_TRUE(b_->AdvanceToHead("a", kScope, a_->epoch(), 9).ok());
  const auto cursors = *b_->Cursors("a", kScope);
  ASSERT_EQ(cursors.size(), static_cast<size_t>(kLaneCount));
  for (const PeerCursor& cursor : cursors) EXPECT_EQ(cursor.seq, 9u);
  ASSERT_TRUE(b_->AdvanceToHead("a", kScope, a_->epoch(), 5).ok());
  EXPECT_EQ(b_->Cursors("a", kScope)->front().seq, 9u);
}

TEST_F(FrameTest, CursorsOfOldEpochs_AreForgottenBeyondTheBound) {
  for (Epoch epoch = 1; epoch <= 70; ++epoch) ASSERT_TRUE(b_->AdvanceToHead("a", kScope, epoch, 1).ok());
  const auto cursors = *b_->Cursors("a", kScope);
  EXPECT_EQ(cursors.size(), 64u * kLaneCount);
  EXPECT_EQ(cursors.front().epoch, 7u);
  EXPECT_TRUE(b_->Cursors("other", kScope)->empty());
}

TEST_F(FrameTest, Repair_MergesAndMovesNoCursor) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  const StoredRecord record = a_.Get(IdOf(1));
  const auto outcome = b_->ApplyRepair(kScope, {WholeDelta(IdOf(1), record.state, record.version)}, From(a_));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->changed, 1u);
  EXPECT_TRUE(b_->Cursors("a", kScope)->empty());
  EXPECT_EQ(b_->Head(kScope)->digest, a_->Head(kScope)->digest);
}

TEST_F(FrameTest, DeltaOverALoweredStamp_IsAskedForWhole) {
  ASSERT_TRUE(a_.Create(IdOf(1), 1, "x").ok());
  ASSERT_TRUE(a_.Update(IdOf(1), 2, "y").ok());
  ASSERT_EQ(Apply(Build(Request(Lane::kEdits))).changed, 1u);
  // A server has lowered a stamp of a's; b has not heard of it, and no context tells.
  Delta lowered = WholeDelta(IdOf(1), a_.Get(IdOf(1)).state, {});
  for (Cell& cell : lowered.cells) {
    for (Sibling& sibling : cell.siblings) sibling.effective.ms -= 5000;
  }
  ASSERT_EQ(a_->ApplyRepair(kScope, {lowered}, From(b_))->changed, 1u);
  const uint64_t base = a_->Head(kScope)->seq;
  ASSERT_TRUE(a_.Update(IdOf(1), 1, "z").ok());
  FrameRequest request = Request(Lane::kEdits, base);
  const ReplicaFrame delta = Build(request);
  ASSERT_EQ(delta.items.size(), 1u);
  ASSERT_FALSE(delta.items[0].whole);
  EXPECT_EQ(Apply(delta).nacks, std::vector<RecordId>{IdOf(1)});
  request.whole = {IdOf(1)};
  EXPECT_EQ(Apply(Build(request)).changed, 1u);
  EXPECT_EQ(b_.Get(IdOf(1)).state, a_.Get(IdOf(1)).state);
}

}  // namespace
}  // namespace trellis
