#include "common/bundle/bundle_file.h"

#include <gtest/gtest.h>

#include "tests/unit/bundle/district.h"

namespace trellis {
namespace {

class BundleFile : public testing::Test {
 protected:
  BundleFile() : oak_("oak", 10, district_.authority, district_.keys.public_key) {
    oak_.store.Create("oak", "one");
    oak_.store.Create("shared", "two");
    file_ = oak_.end->Export()->file;
  }
  absl::StatusOr<OpenedBundle> Read(std::string_view file) {
    return ReadBundleFile(file, BundleDirection::kUp, district_.keys, district_.authority.certificate_pem());
  }

  TestDistrict district_;
  TestSite oak_;
  std::string file_;
};

TEST_F(BundleFile, WrittenAndRead_IsTheSame) {
  const absl::StatusOr<OpenedBundle> opened = Read(file_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->bundle.site, "oak");
  EXPECT_EQ(opened->certificate, oak_.options.signer.certificate);
  const absl::StatusOr<Bundle> again = DecodeBundle(EncodeBundle(opened->bundle), BundleDirection::kUp);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, opened->bundle);
}

TEST_F(BundleFile, CutAnywhere_IsRefusedInWords) {
  for (size_t size = 0; size < file_.size(); ++size) {
    const absl::Status status = Read(std::string_view(file_).substr(0, size)).status();
    ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss) << size << " " << status;
  }
  EXPECT_NE(Read(std::string_view(file_).substr(0, file_.size() - 1)).status().message().find("cut short"),
            absl::string_view::npos);
}

TEST_F(BundleFile, AnyBitFlipped_IsRefused) {
  for (size_t bit = 0; bit < 8 * file_.size(); ++bit) {
    std::string flipped = file_;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(Read(flipped).ok()) << bit;
  }
}

TEST_F(BundleFile, SomethingAdded_IsRefused) {
  EXPECT_EQ(Read(file_ + "x").status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(BundleFile, OtherFile_IsNoBundle) {
  EXPECT_EQ(Read("PK\x03\x04 something else altogether").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(BundleFile, OfTheOtherDirection_SaysWhereItBelongs) {
  const absl::Status status =
      ReadBundleFile(file_, BundleDirection::kDown, oak_.options.own_keys, oak_.options.authority).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("import it at the server"), absl::string_view::npos);
}

TEST_F(BundleFile, ForgedWithAnotherKey_IsRefused) {
  // The recipient's public key is no secret: anybody can seal, but not sign.
  Bundle bundle = Read(file_)->bundle;
  const BundleSigner forger{*MakePrivateKey(), oak_.options.signer.certificate};
  const std::string forged = *WriteBundleFile(bundle, district_.keys.public_key, forger);
  EXPECT_EQ(Read(forged).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(BundleFile, ContentsSealedAnewForAnother_AreRefused) {
  const SealKeys other = MakeSealKeys();
  const std::string plain = [&] {
    constexpr size_t kHead = 50;
    return *Unseal(district_.keys, file_.substr(0, kHead), file_.substr(kHead, kSealOverheadBytes),
                   file_.substr(kHead + kSealOverheadBytes));
  }();
  std::string head = file_.substr(0, 10) + other.public_key + file_.substr(42, 8);
  const Sealed sealed = *Seal(other.public_key, head, plain);
  const absl::Status status = ReadBundleFile(head + sealed.opening + sealed.bytes, BundleDirection::kUp,
                                             other, district_.authority.certificate_pem())
                                  .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
}

}  // namespace
}  // namespace trellis
