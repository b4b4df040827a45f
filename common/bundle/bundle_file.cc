#include "common/bundle/bundle_file.h"

#include <fmt/format.h>

#include <utility>

#include "common/causal/bytes.h"
#include "common/identity/signature.h"

namespace trellis {
namespace {

constexpr std::string_view kMagic = "TRELLISB";
constexpr char kVersion = 1;
constexpr size_t kLengthBytes = 8;
constexpr size_t kHeadBytes = kMagic.size() + 2 + kSealKeyBytes + kLengthBytes;
constexpr std::string_view kPurpose = "trellis bundle";

std::string HeadOf(BundleDirection direction, std::string_view recipient, uint64_t length) {
  std::string head(kMagic);
  head += kVersion;
  head += static_cast<char>(direction);
  head += recipient;
  for (size_t i = 0; i < kLengthBytes; ++i) head += static_cast<char>(length >> (8 * i));
  return head;
}

uint64_t LengthIn(std::string_view head) {
  uint64_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    const auto byte = static_cast<unsigned char>(head[kHeadBytes - kLengthBytes + i]);
    length |= static_cast<uint64_t>(byte) << (8 * i);
  }
  return length;
}

// The length of the sealed part is not known yet when it is signed; the seal is bound to it.
std::string SignedText(BundleDirection direction, std::string_view recipient, std::string_view contents) {
  return fmt::format("{}{}{}", kPurpose, HeadOf(direction, recipient, contents.size()), contents);
}

absl::Status CheckHead(std::string_view bytes, BundleDirection direction) {
  if (bytes.empty()) return absl::DataLossError("the file is empty");
  if (!kMagic.starts_with(bytes.substr(0, kMagic.size()))) {
    return absl::FailedPreconditionError("this file is no bundle of Trellis");
  }
  if (bytes.size() < kHeadBytes + kSealOverheadBytes) {
    return absl::DataLossError("the bundle is cut short: copy it again");
  }
  if (bytes[kMagic.size()] != kVersion) {
    return absl::FailedPreconditionError("the bundle was made by a newer version: upgrade this one");
  }
  if (bytes[kMagic.size() + 1] != static_cast<char>(direction)) {
    return absl::FailedPreconditionError(
        direction == BundleDirection::kUp
            ? "this is a receipt for a site: import it there, at the site it was made for"
            : "this bundle is on its way to the district: import it at the server; here comes the receipt it "
              "gives");
  }
  const size_t there = bytes.size() - kHeadBytes - kSealOverheadBytes;
  const uint64_t length = LengthIn(bytes);
  if (there < length) {
    return absl::DataLossError(fmt::format("the bundle is cut short, {} of {} bytes are there: copy it again",
                                           bytes.size(), length + kHeadBytes + kSealOverheadBytes));
  }
  if (there > length) return absl::DataLossError("something was added to the bundle: copy it again");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> WriteBundleFile(const Bundle& bundle, std::string_view recipient_public_key,
                                            const BundleSigner& signer) {
  const std::string contents = EncodeBundle(bundle);
  absl::StatusOr<std::string> signature =
      SignWithKey(signer.private_key, SignedText(bundle.direction, recipient_public_key, contents));
  if (!signature.ok()) return signature.status();
  std::string plain;
  AppendSized(&plain, contents);
  AppendSized(&plain, signer.certificate);
  AppendSized(&plain, *signature);
  std::string file = HeadOf(bundle.direction, recipient_public_key, plain.size() + kSealTagBytes);
  absl::StatusOr<Sealed> sealed = Seal(recipient_public_key, file, plain);
  if (!sealed.ok()) return sealed.status();
  file += sealed->opening;
  file += sealed->bytes;
  return file;
}

absl::StatusOr<OpenedBundle> ReadBundleFile(std::string_view bytes, BundleDirection direction,
                                            const SealKeys& keys, std::string_view authority_pem) {
  if (absl::Status good = CheckHead(bytes, direction); !good.ok()) return good;
  const std::string_view head = bytes.substr(0, kHeadBytes);
  const std::string_view recipient = head.substr(kMagic.size() + 2, kSealKeyBytes);
  if (recipient != keys.public_key) {
    return absl::PermissionDeniedError(
        direction == BundleDirection::kUp ? "the bundle is sealed for another district"
                                          : "the receipt is sealed for another site, or for another machine");
  }
  absl::StatusOr<std::string> plain = Unseal(keys, head, bytes.substr(kHeadBytes, kSealOverheadBytes),
                                             bytes.substr(kHeadBytes + kSealOverheadBytes));
  if (!plain.ok()) {
    return absl::DataLossError(
        fmt::format("the bundle is refused: {}; copy it again", std::string(plain.status().message())));
  }
  ByteReader reader(*plain);
  const std::string_view contents = reader.Sized();
  OpenedBundle opened;
  opened.certificate = std::string(reader.Sized());
  const std::string_view signature = reader.Sized();
  if (!reader.ok() || !reader.AtEnd()) return absl::DataLossError("the bundle's contents make no sense");
  absl::Status proof = CheckIssuedBy(opened.certificate, authority_pem);
  if (proof.ok()) {
    proof = CheckSignature(opened.certificate, SignedText(direction, recipient, contents), signature);
  }
  if (!proof.ok()) {
    return absl::PermissionDeniedError(fmt::format("the bundle was not made by a member of this district: {}",
                                                   std::string(proof.message())));
  }
  absl::StatusOr<Bundle> bundle = DecodeBundle(contents, direction);
  if (!bundle.ok()) return bundle.status();
  opened.bundle = *std::move(bundle);
  return opened;
}

}  // namespace trellis
