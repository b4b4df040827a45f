#include "server/backup/recovery_kit.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

TEST(RecoveryKitTest, PrintedKit_OpensWhatWasSealedForIt) {
  const RecoveryKit kit = MakeRecoveryKit();
  const std::string sealed = *SealForKit("the keys", kit.public_key_hex);
  EXPECT_EQ(sealed.find("the keys"), std::string::npos);
  const absl::StatusOr<RecoveryKit> read = ParseRecoveryKit(RecoveryKitText(kit, "District"));
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(*OpenWithKit(sealed, *read), "the keys");
}

TEST(RecoveryKitTest, OtherKitOrDamage_IsRefused) {
  const RecoveryKit kit = MakeRecoveryKit();
  std::string sealed = *SealForKit("the keys", kit.public_key_hex);
  EXPECT_TRUE(absl::IsPermissionDenied(OpenWithKit(sealed, MakeRecoveryKit()).status()));
  sealed.back() ^= 1;
  EXPECT_TRUE(absl::IsPermissionDenied(OpenWithKit(sealed, kit).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(OpenWithKit("", kit).status()));
}

TEST(RecoveryKitTest, MistypedKit_IsNoticed) {
  std::string page = RecoveryKitText(MakeRecoveryKit(), "District");
  const size_t at = page.find("TRELLIS-KIT-") + 20;
  page[at] = page[at] == 'Z' ? 'Y' : 'Z';
  EXPECT_TRUE(absl::IsInvalidArgument(ParseRecoveryKit(page).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseRecoveryKit("nothing here").status()));
}

}  // namespace
}  // namespace trellis
