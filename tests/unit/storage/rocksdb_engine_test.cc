#include "common/storage/rocksdb_engine.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace trellis {
namespace {

class RocksDbEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/trellis_rocksdb_XXXXXX";
    root_ = mkdtemp(folder);
    options_.reserve_bytes = 0;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string StoreFolder() const { return root_ + "/store"; }
  absl::StatusOr<std::unique_ptr<Engine>> Open() { return OpenRocksDb(StoreFolder(), options_); }

  static void Put(Engine* engine, const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.Put(key, value);
    ASSERT_TRUE(engine->Commit(batch, Durability::kSynced).ok());
  }

  std::string root_;
  RocksDbOptions options_;
};

TEST_F(RocksDbEngineTest, Reopen_FindsWhatWasSynced) {
  Put(Open()->get(), "a", "1");
  EXPECT_EQ(**(*Open())->Snapshot()->Get("a"), "1");
}

TEST_F(RocksDbEngineTest, SecondOpener_IsToldTheFolder) {
  const auto first = Open();
  ASSERT_TRUE(first.ok());
  const auto second = Open();
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status())) << second.status();
  EXPECT_NE(std::string(second.status().message()).find(StoreFolder()), std::string::npos);
}

TEST_F(RocksDbEngineTest, Checkpoint_IsAStoreOfItsOwn) {
  const auto engine = Open();
  Put(engine->get(), "a", "1");
  ASSERT_TRUE((*engine)->Checkpoint(root_ + "/copy").ok());
  Put(engine->get(), "a", "2");
  const auto copy = OpenRocksDb(root_ + "/copy", options_);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(**(*copy)->Snapshot()->Get("a"), "1");
  EXPECT_FALSE((*engine)->Checkpoint(root_ + "/copy").ok());
}

TEST_F(RocksDbEngineTest, LiveLogFiles_AreNamed) {
  const auto engine = Open();
  Put(engine->get(), "a", "1");
  EXPECT_FALSE((*engine)->LiveLogFiles().empty());
}

TEST_F(RocksDbEngineTest, CheckRoom_RefusesBelowTheReserve) {
  options_.reserve_bytes = size_t{1} << 60;
  const auto engine = Open();
  ASSERT_TRUE(engine.ok());
  EXPECT_TRUE(absl::IsResourceExhausted((*engine)->CheckRoom(Room::kWork)));
}

TEST_F(RocksDbEngineTest, FlippedBitInTheLog_IsNeverASilentLoss) {
  {
    const auto engine = Open();
    for (int i = 0; i < 50; ++i) Put(engine->get(), "key" + std::to_string(i), std::string(40, 'v'));
  }
  std::string log;
  for (const auto& entry : std::filesystem::directory_iterator(StoreFolder())) {
    if (entry.path().extension() == ".log" && entry.file_size() > 0) log = entry.path();
  }
  ASSERT_FALSE(log.empty());
  std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(log) / 2 + 30));
  file.put('\x01');
  file.close();
  EXPECT_FALSE(Open().ok());
}

TEST_F(RocksDbEngineTest, TornTailOfTheLog_LosesOnlyTheTail) {
  {
    const auto engine = Open();
    for (int i = 0; i < 10; ++i) Put(engine->get(), "key" + std::to_string(i), "v");
  }
  for (const auto& entry : std::filesystem::directory_iterator(StoreFolder())) {
    if (entry.path().extension() == ".log" && entry.file_size() > 0) {
      std::filesystem::resize_file(entry.path(), entry.file_size() - 5);
    }
  }
  const auto engine = Open();
  ASSERT_TRUE(engine.ok()) << engine.status();
  EXPECT_TRUE((*engine)->Snapshot()->Get("key8")->has_value());
  EXPECT_FALSE((*engine)->Snapshot()->Get("key9")->has_value());
}

}  // namespace
}  // namespace trellis
