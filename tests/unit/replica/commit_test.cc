// Group commit, failures of the engine, crashes.
#include <atomic>
#include <set>
#include <thread>

#include "common/tables/store_tables.h"
#include "tests/unit/replica/replica_fixture.h"

namespace trellis {
namespace {

TEST(Commit, ManyCallers_EachGetsItsOwnOutcome) {
  TestStore store(1);
  constexpr int kThreads = 8;
  constexpr int kWrites = 60;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kWrites; ++i) {
        RecordId id = IdOf(static_cast<uint8_t>(i));
        id.bytes[14] = static_cast<uint8_t>(t);
        const auto created = store.Create(id, 1, std::to_string(t));
        if (!created.ok() || created->records[0].id != id) ++wrong;
        // Half of the jobs fail, in the same groups as others that do not.
        if (!absl::IsAlreadyExists(store.Create(id, 1, "again").status())) ++wrong;
        const auto read = store->Get(kScope, id);
        if (!read.ok() || !read->has_value() || (*read)->version != created->records[0].version) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(store->Head(kScope)->records, static_cast<uint64_t>(kThreads * kWrites));
  EXPECT_EQ(store->Head(kScope)->seq, static_cast<uint64_t>(kThreads * kWrites));
  ExpectDerivedEqualsRecords(store);
  std::set<uint64_t> numbers;
  ASSERT_TRUE(store
                  ->ScanFeed(kScope, 0,
                             [&](uint64_t, const RecordId&, const StoredRecord& record) {
                               numbers.insert(record.state.context.Get(store->epoch()));
                               return true;
                             })
                  .ok());
  EXPECT_EQ(numbers.size(), static_cast<size_t>(kThreads * kWrites));
  EXPECT_EQ(*numbers.rbegin(), static_cast<uint64_t>(kThreads * kWrites));
}

TEST(Commit, OneRecordFromManyCallers_KeepsEveryIncrementInOrder) {
  TestStore store(1);
  ASSERT_TRUE(store.Create(IdOf(1), 1, "0").ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 40; ++i)
        EXPECT_TRUE(store.Update(IdOf(1), 1, std::to_string(100 * (t + 1) + i)).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store->History(kScope, IdOf(1))->size(), 160u);
  EXPECT_EQ(store.Values(IdOf(1), 1).size(), 1u);
  ExpectDerivedEqualsRecords(store);
}

TEST(Commit, Listeners_HearAfterTheEffectShows) {
  TestStore store(1);
  std::vector<std::pair<std::string, uint64_t>> heard;
  const uint64_t token = store->AddListener([&](std::string_view scope, uint64_t seq) {
    heard.emplace_back(scope, seq);
    EXPECT_TRUE(store.engine().Snapshot()->Get(DurableSeqKey())->has_value());
  });
  ASSERT_TRUE(store.Create(IdOf(1), 1, "x").ok());
  ASSERT_TRUE(store->BeginScope("other").ok());
  ASSERT_TRUE(store->PutMeta("k", "v").ok());
  EXPECT_EQ(heard, (std::vector<std::pair<std::string, uint64_t>>{{kScope, 1}}));
  EXPECT_EQ(store.durable_seq(), 2u);
  store->RemoveListener(token);
  ASSERT_TRUE(store.Create(IdOf(2), 1, "x").ok());
  EXPECT_EQ(heard.size(), 1u);
}

TEST(Commit, FailedCommit_IsUnknownAndEverythingLaterIsRefused) {
  for (const bool applied : {false, true}) {
    TestStore store(1);
    ASSERT_TRUE(store.Create(IdOf(1), 1, "x").ok());
    store.engine().FailNextCommit(applied);
    EXPECT_TRUE(absl::IsUnavailable(store.Create(IdOf(2), 1, "y").status()));
    EXPECT_TRUE(absl::IsUnavailable(store.Create(IdOf(3), 1, "z").status()));
    EXPECT_FALSE((*store->Get(kScope, IdOf(2))).has_value());
    EXPECT_EQ(store->Head(kScope)->seq, 1u);
    store.Crash();
    EXPECT_EQ((*store->Get(kScope, IdOf(2))).has_value(), applied);
    EXPECT_TRUE(store.Create(IdOf(3), 1, "z").ok());
    ExpectDerivedEqualsRecords(store);
  }
}

TEST(Commit, RetryAfterAnUnknownOutcome_HasOneEffect) {
  for (const bool applied : {false, true}) {
    TestStore store(1);
    RecordWrite write;
    write.kind = kKind;
    write.cells.push_back({{1, ""}, TextField(1, "x")});
    store.engine().FailNextCommit(applied);
    EXPECT_FALSE(store.Write(write, "request").ok());
    store.Crash();
    const auto retried = store.Write(write, "request");
    ASSERT_TRUE(retried.ok());
    EXPECT_EQ(retried->repeated, applied);
    EXPECT_EQ(store->Head(kScope)->records, 1u);
  }
}

TEST(Commit, FullDisk_RefusesAndHealsByItself) {
  TestStore store(1);
  ASSERT_TRUE(store.Create(IdOf(1), 1, "x").ok());
  store.engine().SetFull(true);
  EXPECT_TRUE(absl::IsResourceExhausted(store.Create(IdOf(2), 1, "y").status()));
  EXPECT_TRUE(store->Get(kScope, IdOf(1))->has_value());
  store.engine().SetFull(false);
  EXPECT_TRUE(store.Create(IdOf(2), 1, "y").ok());
}

TEST(Commit, Crash_KeepsWhatWasAnswered) {
  TestStore store(1);
  ASSERT_TRUE(store.Create(IdOf(1), 1, "x").ok());
  ASSERT_TRUE(store->PutMeta("fact", "1").ok());
  store.Crash();
  EXPECT_EQ(store.Values(IdOf(1), 1), (std::vector<std::string>{"x"}));
  EXPECT_EQ(*store->GetMeta("fact"), "1");
  EXPECT_EQ(*store->GetMeta("none"), std::nullopt);
}

TEST(Open, NewerFormat_IsRefusedUntouched) {
  MemoryEngine engine;
  WriteBatch batch;
  batch.Put(StoreFormatKey(), std::string(1, static_cast<char>(kStoreFormat + 1)));
  ASSERT_TRUE(engine.Commit(batch, Durability::kSynced).ok());
  ManualClock clock(1);
  SeededRandom random(1);
  Replica::Options options;
  options.clock = &clock;
  options.random = &random;
  EXPECT_TRUE(absl::IsFailedPrecondition(Replica::Open(&engine, options).status()));
  EXPECT_EQ(engine.size(), 1u);
}

TEST(Scan, KindsOfScopesWithSimilarNames_AreApart) {
  TestStore store(1);
  for (const std::string scope : {"F1", "F10", "F1!up"}) {
    RecordWrite write;
    write.scope = scope;
    write.kind = kKind;
    write.id = IdOf(1);
    write.cells.push_back({{1, ""}, TextField(1, scope)});
    ASSERT_TRUE(store.Write(write).ok());
  }
  EXPECT_EQ(*store->Scopes(), (std::vector<std::string>{"F1", "F1!up", "F10"}));
  int found = 0;
  ASSERT_TRUE(store
                  ->ScanKind("F1", kKind, RecordId(), true,
                             [&](const RecordId&, const StoredRecord& record) {
                               EXPECT_EQ(record.state.cells[0].siblings[0].bytes, TextField(1, "F1"));
                               return ++found > 0;
                             })
                  .ok());
  EXPECT_EQ(found, 1);
  EXPECT_EQ(store->Head("nowhere")->seq, 0u);
}

TEST(Scan, FeedOverAllLanes_IsInSeqOrderAcrossChunks) {
  TestStore store(1);
  SeededRandom random(3);
  for (int i = 0; i < 900; ++i) {
    RecordId id = IdOf(static_cast<uint8_t>(i));
    id.bytes[14] = static_cast<uint8_t>(i >> 8);
    RecordWrite write;
    write.kind = kKind;
    write.id = id;
    write.lane = static_cast<Lane>(1 + random.Below(4));
    write.cells.push_back({{1, ""}, TextField(1, "x")});
    ASSERT_TRUE(store.Write(write).ok());
  }
  uint64_t expected = 5;
  ASSERT_TRUE(store
                  ->ScanFeed(kScope, 5,
                             [&](uint64_t seq, const RecordId&, const StoredRecord&) {
                               EXPECT_EQ(seq, ++expected);
                               return true;
                             })
                  .ok());
  EXPECT_EQ(expected, 900u);
  int visited = 0;
  ASSERT_TRUE(store
                  ->ScanFeed(kScope, 0,
                             [&](uint64_t, const RecordId&, const StoredRecord&) { return ++visited < 10; })
                  .ok());
  EXPECT_EQ(visited, 10);
  // ScanKind pages on from where a caller stopped.
  RecordId last;
  int kinds = 0;
  for (int page = 0; page < 3; ++page) {
    int in_page = 0;
    ASSERT_TRUE(store
                    ->ScanKind(kScope, kKind, last, false,
                               [&](const RecordId& id, const StoredRecord&) {
                                 last = id;
                                 ++kinds;
                                 return ++in_page < 400;
                               })
                    .ok());
  }
  EXPECT_EQ(kinds, 900);
}

}  // namespace
}  // namespace trellis
