#include <algorithm>

#include "tests/unit/replica/replica_fixture.h"

namespace trellis {
namespace {

using Type = RecordWrite::Type;

// Two stores that wrote field 1 of record 1 apart, and met at the first.
class ConflictTest : public testing::Test {
 protected:
  ConflictTest() : a_(1, "a"), b_(2, "b") {
    EXPECT_TRUE(a_.Create(IdOf(1), 1, "first").ok());
    SendAll(a_, &b_);
    EXPECT_TRUE(a_.Update(IdOf(1), 1, "by a").ok());
    EXPECT_TRUE(b_.Update(IdOf(1), 1, "by b").ok());
    SendAll(b_, &a_);
  }
  TestStore a_;
  TestStore b_;
};

TEST(LocalWrite, Create_WithoutAnIdDerivesIt) {
  TestStore store(1);
  RecordWrite write;
  write.kind = kKind;
  write.cells.push_back({{1, ""}, TextField(1, "x")});
  const auto outcome = store.Write(write);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->records[0].id, DeriveRecordId(HashKey{}, kScope, store->epoch(), 1, 1'000'000));
  EXPECT_EQ(store.Get(outcome->records[0].id).version, outcome->records[0].version);
  EXPECT_TRUE(absl::IsAlreadyExists(store.Create(outcome->records[0].id, 1, "y").status()));
}

TEST(LocalWrite, ABatch_TakesConsecutiveNumbersAndIsAllOrNothing) {
  TestStore store(1);
  WriteRequest request;
  request.actor = "ann";
  for (uint8_t i = 1; i <= 3; ++i) {
    RecordWrite write;
    write.scope = kScope;
    write.kind = kKind;
    write.id = IdOf(i);
    write.cells.push_back({{1, ""}, TextField(1, "x")});
    request.records.push_back(write);
  }
  ASSERT_TRUE(store->Write(request).ok());
  for (uint8_t i = 1; i <= 3; ++i) EXPECT_EQ(store.Get(IdOf(i)).state.context.Get(store->epoch()), i);
  request.records[0].id = IdOf(9);
  EXPECT_TRUE(absl::IsAlreadyExists(store->Write(request).status()));
  EXPECT_FALSE((*store->Get(kScope, IdOf(9))).has_value());
  EXPECT_EQ(store->Head(kScope)->seq, 3u);
  ExpectDerivedEqualsRecords(store);
}

TEST(LocalWrite, Update_ThatChangesNothingWritesNothing) {
  TestStore store(1);
  ASSERT_TRUE(store.Create(IdOf(1), 1, "x").ok());
  const Hash128 version = store.Get(IdOf(1)).version;
  const auto outcome = store.Update(IdOf(1), 1, "x");
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->records[0].version, version);
  EXPECT_EQ(outcome->seq, 1u);
  EXPECT_EQ(store->Head(kScope)->seq, 1u);
}

TEST(LocalWrite, Update_OfWhatIsNotThereIsNotFound) {
  TestStore store(1);
  EXPECT_TRUE(absl::IsNotFound(store.Update(IdOf(1), 1, "x").status()));
  ASSERT_TRUE(store.Create(IdOf(1), 1, "x").ok());
  RecordWrite other_kind;
  other_kind.type = Type::kUpdate;
  other_kind.id = IdOf(1);
  other_kind.kind = "test.Other";
  EXPECT_TRUE(absl::IsNotFound(store.Write(other_kind).status()));
}

TEST(LocalWrite, Update_WithAnOldEtagIsAborted) {
  TestStore store(1);
  const Hash128 first = store.Create(IdOf(1), 1, "x")->records[0].version;
  ASSERT_TRUE(store.Update(IdOf(1), 1, "y", first).ok());
  EXPECT_TRUE(absl::IsAborted(store.Update(IdOf(1), 1, "z", first).status()));
  EXPECT_EQ(store.Values(IdOf(1), 1), (std::vector<std::string>{"y"}));
}

TEST(LocalWrite, RemovedField_IsGoneAndInTheHistory) {
  TestStore store(1, "ann");
  ASSERT_TRUE(store.Create(IdOf(1), 1, "x").ok());
  RecordWrite write;
  write.type = Type::kUpdate;
  write.id = IdOf(1);
  write.cells.push_back({{1, ""}, "", true});
  ASSERT_TRUE(store.Write(write).ok());
  EXPECT_TRUE(store.Values(IdOf(1), 1).empty());
  const auto history = *store->History(kScope, IdOf(1));
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0].actor, "ann");
  EXPECT_EQ(history[0].before, TextField(1, "x"));
  EXPECT_EQ(history[0].after, "");
}

TEST(LocalWrite, RequestId_TwiceHasOneEffect) {
  TestStore store(1);
  RecordWrite write;
  write.kind = kKind;
  write.cells.push_back({{1, ""}, TextField(1, "x")});
  const auto first = store.Write(write, "request");
  store.Crash();
  const auto second = store.Write(write, "request");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_FALSE(first->repeated);
  EXPECT_TRUE(second->repeated);
  EXPECT_EQ(second->records[0].id, first->records[0].id);
  EXPECT_EQ(second->records[0].version, first->records[0].version);
  EXPECT_EQ(store->Head(kScope)->records, 1u);
}

TEST(LocalWrite, BadRequests_AreRefusedBeforeAnythingIsRead) {
  TestStore store(1);
  EXPECT_TRUE(absl::IsInvalidArgument(store->Write({}).status()));
  RecordWrite write;
  write.kind = kKind;
  write.cells = {{{1, ""}, "a"}, {{1, ""}, "b"}};
  EXPECT_TRUE(absl::IsInvalidArgument(store.Write(write).status()));
  write.cells = {{{0, ""}, "a"}};
  EXPECT_TRUE(absl::IsInvalidArgument(store.Write(write).status()));
  write.cells = {{{1, ""}, std::string(1 << 20, 'x')}};
  EXPECT_TRUE(absl::IsInvalidArgument(store.Write(write).status()));
  EXPECT_TRUE(store->Scopes()->empty());
}

TEST_F(ConflictTest, Edits_AreBothKeptAndListed) {
  EXPECT_EQ(a_.Values(IdOf(1), 1).size(), 2u);
  int listed = 0;
  ASSERT_TRUE(a_->ScanConflicts(kScope, [&](const RecordId& id, const StoredRecord&) {
                  EXPECT_EQ(id, IdOf(1));
                  return ++listed > 0;
                }).ok());
  EXPECT_EQ(listed, 1);
}

TEST_F(ConflictTest, Write_OfAFieldInConflictNeedsTheEtag) {
  const absl::Status refused = a_.Update(IdOf(1), 1, "chosen").status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_NE(std::string(refused.message()).find("field 1"), std::string::npos);
  EXPECT_TRUE(absl::IsFailedPrecondition(a_.Change(Type::kDelete, IdOf(1)).status()));
  EXPECT_TRUE(a_.Update(IdOf(1), 2, "elsewhere").ok());

  ASSERT_TRUE(a_.Update(IdOf(1), 1, "chosen", a_.Get(IdOf(1)).version).ok());
  EXPECT_EQ(a_.Values(IdOf(1), 1), (std::vector<std::string>{"chosen"}));
  ASSERT_TRUE(a_->ScanConflicts(kScope, [](const RecordId&, const StoredRecord&) {
                  ADD_FAILURE() << "still listed";
                  return true;
                }).ok());
  SendAll(a_, &b_);
  EXPECT_EQ(b_.Values(IdOf(1), 1), (std::vector<std::string>{"chosen"}));
  const auto history = *b_->History(kScope, IdOf(1));
  EXPECT_TRUE(std::any_of(history.begin(), history.end(), [](const HistoryEntry& entry) {
    return entry.before == TextField(1, "by b") && entry.after == TextField(1, "chosen");
  }));
}

TEST_F(ConflictTest, EqualValuesWrittenApart_AreNoConflict) {
  ASSERT_TRUE(a_.Update(IdOf(1), 2, "same").ok());
  ASSERT_TRUE(b_.Update(IdOf(1), 2, "same").ok());
  SendAll(b_, &a_);
  EXPECT_EQ(a_.Values(IdOf(1), 2).size(), 2u);
  EXPECT_TRUE(a_.Update(IdOf(1), 2, "next").ok());
}

TEST(Lifecycle, Deleted_IsHiddenKeptAndRestored) {
  TestStore store(1);
  ASSERT_TRUE(store.Create(IdOf(1), 1, "x").ok());
  ASSERT_TRUE(store.Change(Type::kDelete, IdOf(1)).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(store.Update(IdOf(1), 1, "y").status()));
  const auto count = [&](bool with_deleted) {
    int found = 0;
    EXPECT_TRUE(store
                    ->ScanKind(kScope, kKind, RecordId(), with_deleted,
                               [&](const RecordId&, const StoredRecord&) {
                                 ++found;
                                 return true;
                               })
                    .ok());
    return found;
  };
  EXPECT_EQ(count(false), 0);
  EXPECT_EQ(count(true), 1);
  EXPECT_EQ(store.Change(Type::kDelete, IdOf(1))->seq, 2u);  // already deleted
  ASSERT_TRUE(store.Change(Type::kRestore, IdOf(1)).ok());
  EXPECT_EQ(count(false), 1);
  EXPECT_EQ(store.Values(IdOf(1), 1), (std::vector<std::string>{"x"}));
}

TEST(Lifecycle, EditBeatsDelete_AndIsListed) {
  TestStore a(1, "a");
  TestStore b(2, "b");
  ASSERT_TRUE(a.Create(IdOf(1), 1, "x").ok());
  SendAll(a, &b);
  ASSERT_TRUE(a.Change(Type::kDelete, IdOf(1)).ok());
  ASSERT_TRUE(b.Update(IdOf(1), 1, "edited").ok());
  SendAll(a, &b);
  SendAll(b, &a);
  EXPECT_EQ(PresenceOf(a.Get(IdOf(1)).state), Presence::kLiveDespiteDelete);
  EXPECT_EQ(a.Get(IdOf(1)).version, b.Get(IdOf(1)).version);
  int listed = 0;
  ASSERT_TRUE(
      a->ScanConflicts(kScope, [&](const RecordId&, const StoredRecord&) { return ++listed > 0; }).ok());
  EXPECT_EQ(listed, 1);
}

TEST(Lifecycle, Erased_LeavesNothingAndDoesNotComeBack) {
  TestStore a(1, "a");
  TestStore b(2, "b");
  ASSERT_TRUE(a.Create(IdOf(1), 1, "secret").ok());
  ASSERT_TRUE(a.Update(IdOf(1), 1, "secret too").ok());
  SendAll(a, &b);
  ASSERT_TRUE(b.Update(IdOf(1), 1, "late edit").ok());
  ASSERT_TRUE(a.Change(Type::kErase, IdOf(1)).ok());
  EXPECT_TRUE(a->History(kScope, IdOf(1))->empty());
  EXPECT_EQ(a.Get(IdOf(1)).lane, Lane::kErasures);
  SendAll(b, &a);
  SendAll(a, &b);
  for (const TestStore* store : {&a, &b}) {
    EXPECT_EQ(PresenceOf(store->Get(IdOf(1)).state), Presence::kErased);
    EXPECT_TRUE(store->Values(IdOf(1), 1).empty());
    EXPECT_TRUE((*store)->History(kScope, IdOf(1))->empty());
    EXPECT_TRUE((*store)->SetAsides(kScope)->empty());
  }
  EXPECT_EQ(a.Get(IdOf(1)).version, b.Get(IdOf(1)).version);
  EXPECT_TRUE(absl::IsFailedPrecondition(a.Update(IdOf(1), 1, "y").status()));
}

TEST(Lifecycle, Erasure_TakesHoldOfARecordThatHasNotComeYet) {
  TestStore a(1, "a");
  TestStore b(2, "b");
  ASSERT_TRUE(a.Create(IdOf(1), 1, "secret").ok());
  RecordWrite erase;
  erase.type = Type::kErase;
  erase.kind = kKind;
  erase.id = IdOf(1);
  ASSERT_TRUE(b.Write(erase).ok());
  SendAll(a, &b);
  EXPECT_EQ(PresenceOf(b.Get(IdOf(1)).state), Presence::kErased);
}

}  // namespace
}  // namespace trellis
