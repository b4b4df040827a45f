#include "server/backup/backup.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "common/identity/private_file.h"
#include "server/commands.h"

namespace trellis {
namespace {

namespace fs = std::filesystem;

class BackupTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "trellis-backup.XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    ASSERT_EQ(InitCommand(At("district"), "Kept"), absl::OkStatus());
    ASSERT_EQ(BackupCommand(At("district"), At("backup")), absl::OkStatus());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string At(const std::string& name) const { return folder_ / name; }
  std::string Kit() const { return At("district/recovery-kit.txt"); }
  // What a restore leaves that is killed once the store has its name.
  void CutARestoreShort(const std::string& data) {
    ASSERT_EQ(MakePrivateFolder(data + "/keys"), absl::OkStatus());
    fs::permissions(data, fs::perms(0700));
    ASSERT_EQ(WritePrivateFile(data + "/restoring", "elsewhere\n"), absl::OkStatus());
    fs::create_directory(data + "/store");
    std::ofstream(data + "/store/CURRENT") << "half of a name";
  }

  fs::path folder_;
};

TEST_F(BackupTest, Restored_IsSoundAndNotRestoredOver) {
  ASSERT_EQ(RestoreCommand(At("backup"), At("new"), Kit()), absl::OkStatus());
  EXPECT_EQ(VerifyCommand(At("new")), absl::OkStatus());
  EXPECT_FALSE(fs::exists(At("new/restoring")));
  EXPECT_TRUE(absl::IsFailedPrecondition(RestoreCommand(At("backup"), At("new"), Kit())));
}

TEST_F(BackupTest, RestoreCutShort_IsNoDistrictUntilRestoredAgain) {
  CutARestoreShort(At("new"));
  for (const absl::Status& status : {VerifyCommand(At("new")), InitCommand(At("new"), "Another")}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_NE(std::string(status.message()).find("restore` again"), std::string::npos) << status;
  }
  ASSERT_EQ(RestoreCommand(At("backup"), At("new"), Kit()), absl::OkStatus());
  EXPECT_EQ(VerifyCommand(At("new")), absl::OkStatus());
}

TEST_F(BackupTest, BackupCutShort_DoesNotCount) {
  fs::rename(At("backup"), At("other.partial"));
  fs::remove(At("other.partial/backup.json"));
  const absl::Status refused = RestoreCommand(At("other.partial"), At("new"), Kit());
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_FALSE(fs::exists(At("new")));
  EXPECT_EQ(BackupCommand(At("district"), At("other")), absl::OkStatus());
  EXPECT_FALSE(fs::exists(At("other.partial"))) << "what was left is gone with the next";
  EXPECT_EQ(RestoreCommand(At("other"), At("new"), Kit()), absl::OkStatus());
}

TEST_F(BackupTest, BackupIntoTheDataFolder_IsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(BackupCommand(At("district"), At("district/backup"))));
  EXPECT_TRUE(absl::IsInvalidArgument(BackupCommand(At("district/"), At("elsewhere/../district/backup"))));
  EXPECT_EQ(BackupCommand(At("district"), At("district-backup")), absl::OkStatus());
}

TEST_F(BackupTest, NoDistrictThere_SaysHowToMakeOne) {
  const absl::Status none = VerifyCommand(At("nothing here"));
  EXPECT_TRUE(absl::IsNotFound(none));
  EXPECT_NE(std::string(none.message()).find("trellis-server init"), std::string::npos) << none;
}

// Its keys may be unreadable for a while, and they are the only ones.
TEST_F(BackupTest, InitOverADistrict_IsRefusedWhateverStateItIsIn) {
  fs::permissions(At("district/keys/district.json"), fs::perms(0644));
  EXPECT_TRUE(absl::IsAlreadyExists(InitCommand(At("district"), "Another")));
  fs::rename(At("district/keys/district.json"), At("put away"));
  EXPECT_TRUE(absl::IsFailedPrecondition(InitCommand(At("district"), "Another")));
}

}  // namespace
}  // namespace trellis
