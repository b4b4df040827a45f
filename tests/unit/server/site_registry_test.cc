#include "server/enrolment/site_registry.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace trellis {
namespace {

constexpr int64_t kNow = 1'800'000'000'000;

class SiteRegistryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "trellis-registry.XXXXXX").string();
    folder_ = mkdtemp(name.data());
    Reopen();
    ASSERT_TRUE(registry_->Register({.site = "S1", .display_name = "School", .identifier = "S1"}).ok());
    ASSERT_TRUE(registry_->AddCode("S1", {.secret_hash = "secret", .expires_ms = kNow + 1'000}).ok());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Reopen() { registry_ = *SiteRegistry::Open(folder_); }
  absl::StatusOr<SiteRegistry::Redemption> Redeem(uint8_t key, int64_t now_ms = kNow) {
    return registry_->Redeem("secret", KeyHash{key}, now_ms, [this](std::string_view, int64_t issued_ms) {
      issued_ms_ = issued_ms;
      return absl::StatusOr<std::string>("certificate " + std::to_string(++issued_));
    });
  }

  std::string folder_;
  std::unique_ptr<SiteRegistry> registry_;
  int issued_ = 0;
  int64_t issued_ms_ = 0;
};

TEST_F(SiteRegistryTest, LostReply_IsGivenAgain) {
  EXPECT_EQ(Redeem(1)->certificate, "certificate 1");
  Reopen();
  EXPECT_EQ(Redeem(1, kNow + 5'000)->certificate, "certificate 1");  // though it has expired meanwhile
  EXPECT_EQ(registry_->Find("S1")->machines.size(), 1u);
}

TEST_F(SiteRegistryTest, SecondKey_FreezesTheCodeForGood) {
  ASSERT_TRUE(Redeem(1).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(Redeem(2).status()));
  Reopen();
  EXPECT_TRUE(registry_->Find("S1")->codes[0].frozen);
  EXPECT_TRUE(absl::IsPermissionDenied(Redeem(1).status()));
}

TEST_F(SiteRegistryTest, ExpiredOrUnknownCode_IsRefused) {
  EXPECT_TRUE(absl::IsPermissionDenied(Redeem(1, kNow + 1'001).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(registry_->Redeem("other", KeyHash{1}, kNow, nullptr).status()));
}

TEST_F(SiteRegistryTest, Revocation_ShutsOutWhatWasIssuedAndOutlivesARestore) {
  ASSERT_TRUE(Redeem(1).ok());
  ASSERT_TRUE(registry_->Revoke("S1", "stolen", kNow + 500).ok());
  std::filesystem::remove(folder_ + "/enrolment.json");  // as if restored from before the site was known
  Reopen();
  EXPECT_TRUE(registry_->IsShutOut("S1", kNow));
  EXPECT_FALSE(registry_->IsShutOut("S10", kNow));
  ASSERT_TRUE(registry_->Register({.site = "S1", .identifier = "S1"}).ok());
  ASSERT_TRUE(registry_->AddCode("S1", {.secret_hash = "secret", .expires_ms = kNow + 1'000}).ok());
  ASSERT_TRUE(Redeem(1, kNow + 501).ok());
  EXPECT_FALSE(registry_->IsShutOut("S1", issued_ms_ / 1000 * 1000));  // certificates tell whole seconds
}

TEST_F(SiteRegistryTest, UnknownCertificateOfOurs_IsTakenAgain) {
  EXPECT_TRUE(registry_->RememberMachine("S7", KeyHash{7}, kNow));
  EXPECT_FALSE(registry_->RememberMachine("S7", KeyHash{7}, kNow));
  Reopen();
  EXPECT_EQ(registry_->Find("S7")->machines.size(), 1u);
}

TEST_F(SiteRegistryTest, DamagedFile_IsSaid) {
  std::filesystem::resize_file(folder_ + "/enrolment.json", 20);
  EXPECT_TRUE(absl::IsDataLoss(SiteRegistry::Open(folder_).status()));
}

}  // namespace
}  // namespace trellis
