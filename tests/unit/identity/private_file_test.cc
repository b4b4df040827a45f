#include "common/identity/private_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

namespace trellis {
namespace {

namespace fs = std::filesystem;

class PrivateFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "trellis-private.XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
};

TEST_F(PrivateFileTest, Written_IsReadBackAndOurs) {
  ASSERT_TRUE(WritePrivateFile(Path("a"), "one").ok());
  ASSERT_TRUE(WritePrivateFile(Path("a"), "two").ok());
  EXPECT_EQ(*ReadPrivateFile(Path("a")), "two");
  struct stat info;
  ASSERT_EQ(stat(Path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_TRUE(absl::IsNotFound(ReadPrivateFile(Path("b")).status()));
  EXPECT_TRUE(absl::IsOutOfRange(ReadPrivateFile(Path("a"), 2).status()));
}

TEST_F(PrivateFileTest, OpenToOthersOrALink_IsRefused) {
  ASSERT_TRUE(WritePrivateFile(Path("a"), "x").ok());
  fs::create_symlink(Path("a"), Path("link"));
  EXPECT_TRUE(absl::IsFailedPrecondition(ReadPrivateFile(Path("link")).status()));
  chmod(Path("a").c_str(), 0640);
  EXPECT_TRUE(absl::IsFailedPrecondition(ReadPrivateFile(Path("a")).status()));
}

TEST_F(PrivateFileTest, UnfitFolder_IsRefusedWithTheReason) {
  ASSERT_TRUE(MakePrivateFolder(Path("data")).ok());
  EXPECT_TRUE(CheckPrivateFolder(Path("data")).ok());
  fs::create_directory_symlink(Path("data"), Path("link"));
  EXPECT_NE(CheckPrivateFolder(Path("link") + "/").message().find("symbolic link"), absl::string_view::npos);
  chmod(Path("data").c_str(), 0777);
  EXPECT_NE(CheckPrivateFolder(Path("data")).message().find("others may write"), absl::string_view::npos);
  ASSERT_TRUE(WritePrivateFile(Path("file"), "x").ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(CheckPrivateFolder(Path("file"))));
}

}  // namespace
}  // namespace trellis
