// Bundles between a site and its district, store against store.
#include <gtest/gtest.h>

#include "tests/unit/bundle/district.h"

namespace trellis {
namespace {

class BundleEnds : public testing::Test {
 protected:
  BundleEnds()
      : oak_("oak", 10, district_.authority, district_.keys.public_key),
        elm_("elm", 20, district_.authority, district_.keys.public_key) {}

  // Carried there and back; nothing is lost on the way.
  void Carry(TestSite* site) {
    const absl::StatusOr<ExportedBundle> exported = site->end->Export();
    ASSERT_TRUE(exported.ok()) << exported.status();
    const absl::StatusOr<AnsweredBundle> answered = district_.Import(exported->file);
    ASSERT_TRUE(answered.ok()) << answered.status();
    const absl::StatusOr<TakenReceipt> receipt = site->end->Import(answered->receipt);
    ASSERT_TRUE(receipt.ok()) << receipt.status();
  }
  void ExpectEqual(const TestSite& site) {
    for (const std::string& scope : {std::string("shared"), site.name}) {
      EXPECT_EQ(district_.store.Digest(scope), site.store.Digest(scope)) << scope;
      EXPECT_EQ(district_.store.Count(scope), site.store.Count(scope)) << scope;
    }
  }

  TestDistrict district_;
  TestSite oak_;
  TestSite elm_;
};

TEST_F(BundleEnds, RoundTrip_BringsBothTheSame) {
  oak_.store.Create("oak", "own");
  oak_.store.Create("shared", "for all");
  district_.store.Create("shared", "from the district");
  district_.store.Create("oak", "about oak");
  Carry(&oak_);
  EXPECT_EQ(oak_.store.Count("shared"), 2u);
  ExpectEqual(oak_);
}

TEST_F(BundleEnds, SecondExport_HoldsOnlyWhatIsNew) {
  for (int i = 0; i < 50; ++i) oak_.store.Create("oak", fmt::format("record {}", i));
  Carry(&oak_);
  EXPECT_EQ(oak_.end->Export()->records, 0u);
  oak_.store.Create("oak", "one more");
  EXPECT_EQ(oak_.end->Export()->records, 1u);
}

TEST_F(BundleEnds, LostStick_CostsNothingButTheBytes) {
  oak_.store.Create("oak", "first");
  const absl::StatusOr<ExportedBundle> lost = oak_.end->Export();
  oak_.store.Create("oak", "second");
  const absl::StatusOr<ExportedBundle> again = oak_.end->Export();
  EXPECT_EQ(lost->records, 1u);
  EXPECT_EQ(again->records, 2u);
  const absl::StatusOr<AnsweredBundle> lost_receipt = district_.Import(again->file);
  ASSERT_TRUE(lost_receipt.ok());
  EXPECT_EQ(oak_.end->Export()->records, 2u);
  Carry(&oak_);
  EXPECT_EQ(oak_.end->Export()->records, 0u);
  ExpectEqual(oak_);
}

TEST_F(BundleEnds, DistrictOfTheNextRelease_TakesTheBundleAndAnswersInItsVersion) {
  district_.protocols = {kSyncProtocolVersion, kSyncProtocolVersion + 1};
  oak_.store.Create("oak", "own");
  Carry(&oak_);
  ExpectEqual(oak_);
}

TEST_F(BundleEnds, ReleasesTooFarApart_AreToldWhoMustUpgrade) {
  district_.protocols = {kSyncProtocolVersion + 1, kSyncProtocolVersion + 2};
  oak_.store.Create("oak", "own");
  const absl::Status refused = district_.Import(oak_.end->Export()->file).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_NE(std::string(refused.message()).find("upgrade the site's trellisd"), std::string::npos) << refused;
  district_.protocols = {1, kSyncProtocolVersion - 1};
  EXPECT_NE(std::string(district_.Import(oak_.end->Export()->file).status().message()).find("trellis-server"),
            std::string::npos);
  EXPECT_EQ(district_.store.Count("oak"), 0u);
}

TEST_F(BundleEnds, ImportedAgain_ChangesNothing) {
  oak_.store.Create("oak", "once");
  const std::string file = oak_.end->Export()->file;
  EXPECT_EQ(district_.Import(file)->taken.changed, 1u);
  const Hash128 digest = district_.store.Digest("oak");
  const uint64_t seq = district_.store.replica->Head("oak")->seq;
  const absl::StatusOr<AnsweredBundle> again = district_.Import(file);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->taken.changed, 0u);
  EXPECT_EQ(district_.store.Digest("oak"), digest);
  EXPECT_EQ(district_.store.replica->Head("oak")->seq, seq);
  EXPECT_TRUE(oak_.end->Import(again->receipt).ok());
  EXPECT_TRUE(oak_.end->Import(again->receipt).ok());
  ExpectEqual(oak_);
}

TEST_F(BundleEnds, ImportedOutOfOrder_ConvergesAllTheSame) {
  const RecordId id = oak_.store.Create("oak", "one");
  const std::string first = oak_.end->Export()->file;
  oak_.store.Update("oak", id, "two");
  oak_.store.Create("oak", "other");
  const std::string second = oak_.end->Export()->file;
  ASSERT_TRUE(district_.Import(second).ok());
  ASSERT_TRUE(district_.Import(first).ok());
  Carry(&oak_);
  ExpectEqual(oak_);
}

TEST_F(BundleEnds, SmallFiles_BringAllInSeveralTurns) {
  for (int i = 0; i < 20'000; ++i) oak_.store.Create("oak", fmt::format("record {} {}", i, i * 7919));
  int turns = 0;
  for (bool more = true; more && turns < 50; ++turns) {
    const absl::StatusOr<ExportedBundle> exported = oak_.end->Export(40'000);
    ASSERT_TRUE(exported.ok());
    more = exported->more;
    const absl::StatusOr<AnsweredBundle> answered = district_.Import(exported->file);
    ASSERT_TRUE(answered.ok());
    ASSERT_TRUE(oak_.end->Import(answered->receipt).ok());
  }
  EXPECT_GT(turns, 2);
  EXPECT_LT(turns, 50);
  ExpectEqual(oak_);
}

TEST_F(BundleEnds, WhatCameDown_IsNotSentBack) {
  for (int i = 0; i < 30; ++i) district_.store.Create("shared", fmt::format("plan {}", i));
  Carry(&oak_);
  EXPECT_EQ(oak_.store.Count("shared"), 30u);
  EXPECT_EQ(oak_.end->Export()->records, 0u);
}

TEST_F(BundleEnds, RestartsBetween_ChangeNothing) {
  oak_.store.Create("oak", "before");
  const std::string file = oak_.end->Export()->file;
  oak_.Reopen();
  oak_.store.Create("oak", "after");
  const std::string receipt = district_.Import(file)->receipt;
  district_.store.Open();
  oak_.Reopen();
  ASSERT_TRUE(oak_.end->Import(receipt).ok());
  EXPECT_EQ(oak_.end->Export()->records, 1u);
  Carry(&oak_);
  ExpectEqual(oak_);
}

TEST_F(BundleEnds, DistrictStartedAfresh_IsRefilled) {
  district_.store.Create("shared", "lost with the old disk, unless somebody holds it");
  oak_.store.Create("oak", "own");
  oak_.store.Create("shared", "for all");
  Carry(&oak_);
  TestStore fresh(99);  // restored from a backup taken before anything was written
  std::swap(fresh.replica, district_.store.replica);
  // What oak holds of the old district is left out of the first bundle: oak does not know yet. Nothing may be
  // believed to be there on that account.
  Carry(&oak_);
  Carry(&oak_);
  EXPECT_EQ(district_.store.replica->Head("shared")->digest, oak_.store.Digest("shared"));
  EXPECT_EQ(district_.store.replica->Head("oak")->digest, oak_.store.Digest("oak"));
  EXPECT_EQ(district_.store.replica->Head("shared")->records, 2u);
  std::swap(fresh.replica, district_.store.replica);
}

TEST_F(BundleEnds, WhatWasLeftOutForADistrictThatForgotIt_IsSentAfterAll) {
  oak_.store.Create("shared", "by oak");
  Carry(&oak_);
  const MemoryEngine::Image backup = district_.store.engine->TakeImage();
  district_.store.Create("shared", "in no backup");
  Carry(&oak_);
  ASSERT_EQ(oak_.store.Count("shared"), 2u);

  district_.store.GoBackTo(backup);
  oak_.store.Create("shared", "by oak, later");
  // The first bundle leaves out what came from the district, which has forgotten it: no cursor may pass it.
  Carry(&oak_);
  Carry(&oak_);
  ExpectEqual(oak_);
  EXPECT_EQ(district_.store.Count("shared"), 3u);
}

TEST_F(BundleEnds, OlderReceipt_DoesNotTakeBackWhatIsKnown) {
  oak_.store.Create("oak", "first");
  const std::string old_receipt = district_.Import(oak_.end->Export()->file)->receipt;
  district_.store.clock.Advance(1000);
  oak_.store.Create("oak", "second");
  Carry(&oak_);
  ASSERT_TRUE(oak_.end->Import(old_receipt).ok());
  EXPECT_EQ(oak_.end->Export()->records, 0u);
}

TEST_F(BundleEnds, ReceiptOfAnotherSite_IsRefused) {
  oak_.store.Create("oak", "x");
  const std::string receipt = district_.Import(oak_.end->Export()->file)->receipt;
  const absl::StatusOr<TakenReceipt> taken = elm_.end->Import(receipt);
  EXPECT_EQ(taken.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(elm_.store.Count("oak"), 0u);
}

TEST_F(BundleEnds, BundleOfAnotherDistrict_IsRefused) {
  TestDistrict other;
  TestSite foreign("oak", 30, other.authority, district_.keys.public_key);
  foreign.store.Create("oak", "forged");
  EXPECT_EQ(district_.Import(foreign.end->Export()->file).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(other.Import(oak_.end->Export()->file).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(district_.store.Count("oak"), 0u);
}

TEST_F(BundleEnds, SiteThatBringsAnothersScope_IsRefusedWhole) {
  elm_.options.exchange.scopes = {{"elm"}, {"oak"}};
  elm_.Reopen();
  elm_.store.Create("elm", "own");
  elm_.store.Create("oak", "of another");
  const absl::StatusOr<AnsweredBundle> answered = district_.Import(elm_.end->Export()->file);
  EXPECT_EQ(answered.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(district_.store.Count("elm"), 0u);
}

TEST_F(BundleEnds, SiteThatSignsAsAnother_IsRefused) {
  elm_.options.site = "oak";
  elm_.Reopen();
  EXPECT_EQ(district_.Import(elm_.end->Export()->file).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(BundleEnds, ReceiptMadeByASite_IsRefused) {
  oak_.store.Create("oak", "x");
  district_.signer = elm_.options.signer;  // has a certificate of the authority, but is not the server
  const std::string forged = district_.Import(oak_.end->Export()->file)->receipt;
  EXPECT_EQ(oak_.end->Import(forged).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(oak_.end->Export()->records, 1u);
}

TEST_F(BundleEnds, Neighbour_NeitherReadsNorOpens) {
  const std::string secret = "a sentence that nobody else may read";
  oak_.store.Create("oak", secret);
  const std::string file = oak_.end->Export()->file;
  EXPECT_EQ(file.find(secret), std::string::npos);
  const absl::StatusOr<OpenedBundle> opened = ReadBundleFile(
      file, BundleDirection::kUp, elm_.options.own_keys, district_.authority.certificate_pem());
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace trellis
