// What every engine must do. Another engine joins by adding a factory.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <thread>

#include "common/storage/memory_engine.h"
#include "common/storage/rocksdb_engine.h"

namespace trellis {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

// An engine and the folder it may stand in.
class Store {
 public:
  Store() {
    char folder[] = "/tmp/trellis_engine_XXXXXX";
    folder_ = mkdtemp(folder);
  }
  ~Store() {
    engine_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string folder() const { return folder_; }
  std::unique_ptr<Engine> engine_;

 private:
  std::string folder_;
};

using OpenEngine = std::function<std::unique_ptr<Engine>(const std::string& folder)>;
struct EngineKind {
  std::string name;
  OpenEngine open;
};

class EngineTest : public testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override { store_.engine_ = GetParam().open(store_.folder() + "/store"); }
  Engine& engine() { return *store_.engine_; }

  void Put(const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.Put(key, value);
    ASSERT_TRUE(engine().Commit(batch, Durability::kSynced).ok());
  }
  std::optional<std::string> Get(const std::string& key) { return *engine().Snapshot()->Get(key); }

  static Rows Scan(const ReadView& view, std::string_view begin, std::string_view end, bool reverse = false,
                   size_t limit = 1000) {
    Rows rows;
    EXPECT_TRUE(view.Scan(begin, end, reverse,
                          [&](std::string_view key, std::string_view value) {
                            rows.emplace_back(key, value);
                            return rows.size() < limit;
                          })
                    .ok());
    return rows;
  }

  Store store_;
};

TEST_P(EngineTest, Get_FindsWhatWasCommitted) {
  Put("a", "1");
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get("b"), std::nullopt);
}

TEST_P(EngineTest, Commit_AppliesOperationsInOrder) {
  WriteBatch batch;
  batch.Put("a", "1");
  batch.Delete("a");
  batch.Put("b", "1");
  batch.Put("b", "2");
  ASSERT_TRUE(engine().Commit(batch, Durability::kSynced).ok());
  EXPECT_EQ(Get("a"), std::nullopt);
  EXPECT_EQ(Get("b"), "2");
}

TEST_P(EngineTest, Commit_OfNothingIsFine) {
  EXPECT_TRUE(engine().Commit(WriteBatch(), Durability::kSynced).ok());
}

TEST_P(EngineTest, Snapshot_DoesNotChange) {
  Put("a", "1");
  const auto view = engine().Snapshot();
  Put("a", "2");
  Put("b", "2");
  EXPECT_EQ(**view->Get("a"), "1");
  EXPECT_EQ(*view->Get("b"), std::nullopt);
  EXPECT_EQ(Scan(*view, "", ""), (Rows{{"a", "1"}}));
}

TEST_P(EngineTest, MultiGet_KeepsOrderAndLength) {
  Put("a", "1");
  Put("c", "3");
  const auto values = engine().Snapshot()->MultiGet({"c", "b", "a", "c"});
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(*values, (std::vector<std::optional<std::string>>{"3", std::nullopt, "1", "3"}));
}

TEST_P(EngineTest, Scan_IsHalfOpenAndInByteOrder) {
  for (const std::string key : {"b", "a", "\xff", "c", "aa"}) Put(key, key);
  const auto view = engine().Snapshot();
  EXPECT_EQ(Scan(*view, "a", "c"), (Rows{{"a", "a"}, {"aa", "aa"}, {"b", "b"}}));
  EXPECT_EQ(Scan(*view, "b", ""), (Rows{{"b", "b"}, {"c", "c"}, {"\xff", "\xff"}}));
  EXPECT_EQ(Scan(*view, "a", "c", true), (Rows{{"b", "b"}, {"aa", "aa"}, {"a", "a"}}));
  EXPECT_EQ(Scan(*view, "", "", true, 1), (Rows{{"\xff", "\xff"}}));
  EXPECT_EQ(Scan(*view, "a", "", false, 2), (Rows{{"a", "a"}, {"aa", "aa"}}));
  EXPECT_TRUE(Scan(*view, "c", "b").empty());
  EXPECT_TRUE(Scan(*view, "c", "c").empty());
}

TEST_P(EngineTest, Keys_MayHoldAnyByte) {
  const std::string key("\0k\0", 3);
  Put(key, std::string("\0v", 2));
  EXPECT_EQ(Get(key), std::string("\0v", 2));
  EXPECT_EQ(Get(std::string("\0k", 2)), std::nullopt);
}

TEST_P(EngineTest, AnyHistory_EqualsAMap) {
  std::mt19937_64 random(7);
  std::map<std::string, std::string> expected;
  for (int step = 0; step < 300; ++step) {
    WriteBatch batch;
    for (uint64_t i = random() % 6; i > 0; --i) {
      const std::string key(1 + random() % 2, static_cast<char>('a' + random() % 8));
      if (random() % 10 < 3) {
        batch.Delete(key);
        expected.erase(key);
      } else {
        const std::string value = std::to_string(random());
        batch.Put(key, value);
        expected[key] = value;
      }
    }
    ASSERT_TRUE(engine().Commit(batch, random() % 2 == 0 ? Durability::kSynced : Durability::kBuffered).ok());
    ASSERT_EQ(Scan(*engine().Snapshot(), "", ""), Rows(expected.begin(), expected.end()));
  }
}

TEST_P(EngineTest, ManyThreads_EachSeesWholeBatches) {
  std::atomic<bool> torn = false;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 3; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < 50; ++i) {
        WriteBatch batch;
        const std::string value = std::to_string(writer) + "." + std::to_string(i);
        batch.Put("left", value);
        batch.Put("right", value);
        if (!engine().Commit(batch, Durability::kSynced).ok()) torn = true;
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < 200; ++i) {
      const auto view = engine().Snapshot();
      if (*view->Get("left") != *view->Get("right")) torn = true;
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(torn);
}

TEST_P(EngineTest, Verify_OfASoundStoreIsOk) {
  Put("a", "1");
  EXPECT_TRUE(engine().Verify().ok());
  EXPECT_TRUE(engine().CheckRoom(Room::kWork).ok());
}

INSTANTIATE_TEST_SUITE_P(
    Engines, EngineTest,
    testing::Values(EngineKind{"memory", [](const std::string&) { return std::make_unique<MemoryEngine>(); }},
                    EngineKind{"rocksdb",
                               [](const std::string& folder) {
                                 RocksDbOptions options;
                                 options.reserve_bytes = 0;
                                 return *OpenRocksDb(folder, options);
                               }}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace trellis
