#include "common/identity/openssl_objects.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <algorithm>

namespace trellis {
namespace {

BioPtr ReadFrom(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string TextOf(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, size);
}

}  // namespace

absl::Status OpensslError(std::string_view what) {
  char words[256] = "no reason given";
  const unsigned long error = ERR_get_error();
  if (error != 0) ERR_error_string_n(error, words, sizeof words);
  ERR_clear_error();
  return absl::InternalError(fmt::format("{}: {}", what, words));
}

absl::StatusOr<KeyPtr> ParseKey(std::string_view pem) {
  KeyPtr key(PEM_read_bio_PrivateKey(ReadFrom(pem).get(), nullptr, nullptr, nullptr));
  if (key == nullptr) return OpensslError("not a private key");
  return key;
}

absl::StatusOr<X509Ptr> ParseCertificate(std::string_view pem) {
  X509Ptr certificate(PEM_read_bio_X509(ReadFrom(pem).get(), nullptr, nullptr, nullptr));
  if (certificate == nullptr) return OpensslError("not a certificate");
  return certificate;
}

absl::StatusOr<RequestPtr> ParseRequest(std::string_view pem) {
  RequestPtr request(PEM_read_bio_X509_REQ(ReadFrom(pem).get(), nullptr, nullptr, nullptr));
  if (request == nullptr) return OpensslError("not a certificate request");
  return request;
}

absl::StatusOr<std::string> KeyToPem(EVP_PKEY* key) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return OpensslError("cannot write the key");
  }
  return TextOf(bio.get());
}

absl::StatusOr<std::string> CertificateToPem(X509* certificate) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(bio.get(), certificate) != 1) return OpensslError("cannot write the certificate");
  return TextOf(bio.get());
}

KeyHash HashOfKey(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(der, size, hash);
  OPENSSL_free(der);
  KeyHash cut;
  std::copy_n(hash, cut.size(), cut.begin());
  return cut;
}

}  // namespace trellis
