#include "server/backup/backup_log.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace trellis {
namespace {

class BackupLogTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "trellis-backups.XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string MakeBackup(const std::string& name) {
    std::filesystem::create_directory(folder_ / name);
    std::ofstream(folder_ / name / "backup.json") << "{}";
    return folder_ / name;
  }

  std::filesystem::path folder_;
};

TEST_F(BackupLogTest, NoBackup_NothingIsClaimed) {
  const BackupLog log(folder_);
  EXPECT_EQ(log.newest_ms(), 0);
  EXPECT_EQ(log.horizon_ms(), 0);
}

TEST_F(BackupLogTest, HorizonIsTheOldestStillThere_NewestTheLatest) {
  {
    BackupLog log(folder_);
    ASSERT_TRUE(log.Add(MakeBackup("monday"), 1'000).ok());
    ASSERT_TRUE(log.Add(MakeBackup("tuesday"), 2'000).ok());
    EXPECT_EQ(log.horizon_ms(), 1'000);
    EXPECT_EQ(log.newest_ms(), 2'000);
  }
  std::filesystem::remove_all(folder_ / "monday");
  EXPECT_EQ(BackupLog(folder_).horizon_ms(), 2'000);
  std::filesystem::remove_all(folder_ / "tuesday");
  const BackupLog carried_away(folder_);
  EXPECT_EQ(carried_away.horizon_ms(), 2'000);
  EXPECT_EQ(carried_away.newest_ms(), 2'000);
}

TEST_F(BackupLogTest, DamagedList_ClaimsNothing) {
  std::ofstream(folder_ / "backups.json") << "[{\"takenMs\": \"soon\"}, 5, {\"folder\": 1}]";
  std::filesystem::permissions(folder_ / "backups.json", std::filesystem::perms(0600));
  EXPECT_EQ(BackupLog(folder_).newest_ms(), 0);
}

}  // namespace
}  // namespace trellis
