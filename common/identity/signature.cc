#include "common/identity/signature.h"

#include "common/identity/openssl_objects.h"

namespace trellis {
namespace {

using DigestPtr = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;

constexpr size_t kLargestSignature = 256;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

absl::StatusOr<std::string> SignWithKey(std::string_view private_key_pem, std::string_view message) {
  const absl::StatusOr<KeyPtr> key = ParseKey(private_key_pem);
  if (!key.ok()) return key.status();
  const DigestPtr digest(EVP_MD_CTX_new());
  std::string signature(kLargestSignature, '\0');
  size_t size = signature.size();
  if (digest == nullptr ||
      EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key->get()) != 1 ||
      EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, Bytes(message),
                     message.size()) != 1) {
    return OpensslError("cannot sign");
  }
  signature.resize(size);
  return signature;
}

absl::Status CheckSignature(std::string_view certificate_pem, std::string_view message,
                            std::string_view signature) {
  const absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_pem);
  if (!certificate.ok()) return absl::PermissionDeniedError("the certificate cannot be read");
  const DigestPtr digest(EVP_MD_CTX_new());
  EVP_PKEY* const key = X509_get0_pubkey(certificate->get());
  const bool good =
      digest != nullptr && key != nullptr &&
      EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestVerify(digest.get(), Bytes(signature), signature.size(), Bytes(message), message.size()) == 1;
  if (good) return absl::OkStatus();
  OpensslError("").IgnoreError();  // clears what OpenSSL noted
  return absl::PermissionDeniedError("the signature is not by the key of the certificate");
}

absl::Status CheckIssuedBy(std::string_view certificate_pem, std::string_view authority_pem) {
  const absl::StatusOr<X509Ptr> certificate = ParseCertificate(certificate_pem);
  if (!certificate.ok()) return absl::PermissionDeniedError("the certificate cannot be read");
  const absl::StatusOr<X509Ptr> authority = ParseCertificate(authority_pem);
  if (!authority.ok()) return authority.status();
  EVP_PKEY* const key = X509_get0_pubkey(authority->get());
  if (key != nullptr && X509_verify(certificate->get(), key) == 1) return absl::OkStatus();
  OpensslError("").IgnoreError();
  return absl::PermissionDeniedError("the certificate is not of this district's authority");
}

}  // namespace trellis
