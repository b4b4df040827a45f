#include "server/admin/token_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/identity/private_file.h"

namespace trellis {
namespace {

class TokenStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "trellis-tokens.XXXXXX").string();
    folder_ = mkdtemp(name.data());
    Reopen();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Reopen() { store_ = *TokenStore::Open(folder_ + "/tokens.json", &clock_); }

  std::string folder_;
  ManualClock clock_{1'000'000};
  std::unique_ptr<TokenStore> store_;
};

TEST_F(TokenStoreTest, Token_SpeaksForItsRoleAfterARestart) {
  TokenEntry entry{.name = "payroll", .grant = {Role::kSiteLead, "S1"}};
  const std::string secret = *store_->Create(&entry);
  Reopen();
  const std::optional<Principal> principal = store_->Find(HashToken(secret));
  ASSERT_TRUE(principal.has_value());
  EXPECT_EQ(principal->grants, (std::vector<Grant>{{Role::kSiteLead, "S1"}}));
  EXPECT_EQ(principal->name, "payroll");
  EXPECT_EQ(ReadPrivateFile(folder_ + "/tokens.json")->find(secret), std::string::npos);
}

TEST_F(TokenStoreTest, RevokedOrExpired_SpeaksForNobody) {
  TokenEntry lasting{.name = "a"};
  TokenEntry brief{.name = "b", .expires_ms = clock_.WallMs() + 1'000};
  const std::string first = *store_->Create(&lasting);
  const std::string second = *store_->Create(&brief);
  EXPECT_TRUE(store_->Find(HashToken(second)).has_value());
  clock_.Advance(1'000);
  EXPECT_FALSE(store_->Find(HashToken(second)).has_value());
  ASSERT_TRUE(store_->Revoke(lasting.id).ok());
  Reopen();
  EXPECT_FALSE(store_->Find(HashToken(first)).has_value());
  EXPECT_TRUE(absl::IsNotFound(store_->Revoke(lasting.id)));
}

}  // namespace
}  // namespace trellis
