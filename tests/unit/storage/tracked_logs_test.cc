// Stores whose manifest tracks their logs, as programs before this one wrote them and killed ones left them.
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "common/storage/rocksdb_engine.h"

namespace trellis {
namespace {

class TrackedLogsTest : public testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/trellis_tracked_XXXXXX";
    root_ = mkdtemp(folder);
    options_.reserve_bytes = 0;
    LeaveStoreWithTwoLogs();
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string Store() const { return root_ + "/store"; }

  // A store of two logs, the older closed and synced but not flushed yet, copied as a kill would leave it.
  void LeaveStoreWithTwoLogs() {
    rocksdb::Options old;
    old.create_if_missing = true;
    old.track_and_verify_wals_in_manifest = true;
    old.write_buffer_size = 64 << 10;
    old.max_write_buffer_number = 4;
    old.min_write_buffer_number_to_merge = 3;  // the first full buffers wait
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(old, root_ + "/live", &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    rocksdb::WriteOptions synced;
    synced.sync = true;
    for (; Logs(root_ + "/live") < 2; ++rows_) {
      ASSERT_TRUE(db->Put(synced, "key" + std::to_string(rows_), std::string(1000, 'v')).ok());
    }
    ASSERT_TRUE(db->Put(synced, "key" + std::to_string(rows_++), "v").ok());
    std::filesystem::copy(root_ + "/live", Store(), std::filesystem::copy_options::recursive);
  }

  static int Logs(const std::string& folder) {
    int logs = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder))
      logs += file.path().extension() == ".log";
    return logs;
  }

  void ExpectEveryRow(const Engine& engine) const {
    const auto view = engine.Snapshot();
    for (int i = 0; i < rows_; ++i) {
      const auto value = view->Get("key" + std::to_string(i));
      ASSERT_TRUE(value.ok() && value->has_value()) << i << " of " << rows_;
    }
  }

  std::string root_;
  RocksDbOptions options_;
  int rows_ = 0;
};

TEST_F(TrackedLogsTest, AreLookedAtAndOpened) {
  {
    const auto look = OpenRocksDbToRead(Store(), options_);
    ASSERT_TRUE(look.ok()) << look.status();
    ExpectEveryRow(**look);
  }
  const auto store = OpenRocksDb(Store(), options_);
  ASSERT_TRUE(store.ok()) << store.status();
  ExpectEveryRow(**store);
}

TEST_F(TrackedLogsTest, ThatAreGone_AreDamageToTheLook) {
  std::string oldest = "~";
  for (const auto& file : std::filesystem::directory_iterator(Store())) {
    if (file.path().extension() == ".log") oldest = std::min(oldest, file.path().string());
  }
  std::filesystem::remove(oldest);
  const auto look = OpenRocksDbToRead(Store(), options_);
  EXPECT_TRUE(absl::IsDataLoss(look.status())) << look.status();
}

TEST_F(TrackedLogsTest, OnceOpened_AreTrackedNoMore) {
  ASSERT_TRUE(OpenRocksDb(Store(), options_).ok());
  EXPECT_TRUE(OpenRocksDbToRead(Store(), options_).ok());
}

}  // namespace
}  // namespace trellis
