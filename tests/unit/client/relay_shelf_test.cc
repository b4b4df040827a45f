#include "client/bundle/relay_shelf.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace trellis {
namespace {

class RelayShelfTest : public testing::Test {
 protected:
  RelayShelfTest() {
    std::string pattern = testing::TempDir() + "shelf.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~RelayShelfTest() override { std::filesystem::remove_all(folder_); }
  std::string Folder() const { return folder_ + "/relay"; }

  std::string folder_;
};

TEST_F(RelayShelfTest, Empty_HoldsNothing) {
  const RelayShelf shelf(Folder());
  EXPECT_TRUE(shelf.Waiting().empty());
  const RelayShelf::Standing standing = *shelf.Look("aa");
  EXPECT_FALSE(standing.waiting);
  EXPECT_EQ(standing.receipt + standing.refusal, "");
}

TEST_F(RelayShelfTest, Bundle_WaitsOverRestartsUntilAnswered) {
  ASSERT_TRUE(RelayShelf(Folder()).Put("aa", "bundle of a").ok());
  RelayShelf shelf(Folder());
  EXPECT_EQ(shelf.Waiting(), std::vector<std::string>{"aa"});
  EXPECT_EQ(*shelf.Bundle("aa"), "bundle of a");
  ASSERT_TRUE(shelf.Answered("aa", "bundle of a", "receipt").ok());
  EXPECT_TRUE(shelf.Waiting().empty());
  EXPECT_EQ(shelf.Look("aa")->receipt, "receipt");
}

TEST_F(RelayShelfTest, NewerBundle_TakesThePlaceAndOutlivesTheOldOnesAnswer) {
  RelayShelf shelf(Folder());
  ASSERT_TRUE(shelf.Put("aa", "old").ok());
  ASSERT_TRUE(shelf.Put("aa", "new").ok());
  ASSERT_TRUE(shelf.Answered("aa", "old", "receipt of the old").ok());
  EXPECT_EQ(*shelf.Bundle("aa"), "new");
  EXPECT_TRUE(shelf.Look("aa")->waiting);
  EXPECT_EQ(shelf.Look("aa")->receipt, "receipt of the old");
}

TEST_F(RelayShelfTest, Refusal_IsToldUntilTheNextBundle) {
  RelayShelf shelf(Folder());
  ASSERT_TRUE(shelf.Put("aa", "bad").ok());
  ASSERT_TRUE(shelf.Refused("aa", "bad", "damaged").ok());
  EXPECT_TRUE(shelf.Waiting().empty());
  EXPECT_EQ(shelf.Look("aa")->refusal, "damaged");
  ASSERT_TRUE(shelf.Put("aa", "good").ok());
  EXPECT_EQ(shelf.Look("aa")->refusal, "");
}

TEST_F(RelayShelfTest, Full_TakesNoMoreMachinesNorBytes) {
  RelayShelf few(Folder(), 2, 100);
  ASSERT_TRUE(few.Put("aa", std::string(40, 'x')).ok());
  ASSERT_TRUE(few.Put("bb", std::string(40, 'x')).ok());
  EXPECT_EQ(few.Put("cc", "x").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(few.Put("bb", std::string(61, 'x')).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(few.Put("bb", std::string(60, 'x')).ok());
  EXPECT_EQ(*few.Bundle("aa"), std::string(40, 'x'));
}

}  // namespace
}  // namespace trellis
