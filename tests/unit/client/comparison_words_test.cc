#include "client/agent/comparison_words.h"

#include <gtest/gtest.h>

namespace trellis {
namespace {

ComparedScope Compared(uint64_t head, uint64_t site_seq) {
  ComparedScope scope;
  scope.now.head = head;
  scope.records = 9;
  scope.last = VerifiedCut{"F1", 1, 5, 2, site_seq, 7, {}, 0, 1'795'000'000'000};
  return scope;
}

TEST(ComparisonWords, NeverCompared_ClaimsNothing) {
  EXPECT_EQ(ComparisonWords({}), "not compared with the server yet");
  EXPECT_EQ(ChangesSinceComparison({}), std::nullopt);
}

TEST(ComparisonWords, ReceiptKept_SaysWhenAndHowMany) {
  EXPECT_EQ(ComparisonWords(Compared(5, 5)), "verified at 2026-11-18 11:06:40 UTC: 7 records equal");
  EXPECT_EQ(ChangesSinceComparison(Compared(5, 5)), 0u);
}

TEST(ComparisonWords, LaterWrites_AreNotCoveredByIt) {
  EXPECT_EQ(ComparisonWords(Compared(6, 5)),
            "verified at 2026-11-18 11:06:40 UTC: 7 records equal; 1 change here since then");
  EXPECT_EQ(ChangesSinceComparison(Compared(8, 5)), 3u);
}

TEST(ComparisonWords, StorePutBack_ProvesNothingOfWhatIsHere) {
  EXPECT_NE(ComparisonWords(Compared(3, 5)).find("put back"), std::string::npos);
  EXPECT_EQ(ChangesSinceComparison(Compared(3, 5)), 3u);
}

TEST(ComparisonWords, VerifiedNow_IsLaterThanTheReceipt) {
  ComparedScope scope = Compared(9, 5);
  scope.now.verified = true;
  scope.now.verified_at_ms = 1'795'000'001'000;
  scope.last->left_out = 2;
  EXPECT_EQ(ComparisonWords(scope),
            "verified at 2026-11-18 11:06:41 UTC: 9 records equal; 2 records set aside and not compared");
}

TEST(ComparisonWords, SentUpOnly_IsNeverVerified) {
  ComparedScope scope;
  scope.compared = false;
  scope.now.head = 4;
  scope.now.pushed = 3;
  EXPECT_NE(ComparisonWords(scope).find("3 of 4 changes acknowledged; not compared"), std::string::npos);
  EXPECT_EQ(ComparisonWords(scope).find("verified"), std::string::npos);
}

TEST(BackupWords, NoneTold_ClaimsNone) {
  EXPECT_NE(BackupWords(0).find("no verified backup"), std::string::npos);
  EXPECT_NE(BackupWords(1'795'000'000'000).find("2026-11-18"), std::string::npos);
}

}  // namespace
}  // namespace trellis
