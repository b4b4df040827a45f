// OpenSSL's objects with owners, and its last error in words.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/identity/joining_code.h"

namespace trellis {

template <auto Free>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, OpensslFree<X509_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, OpensslFree<X509_REQ_free>>;

// INTERNAL with OpenSSL's own words, which are then cleared.
absl::Status OpensslError(std::string_view what);

absl::StatusOr<KeyPtr> ParseKey(std::string_view pem);
absl::StatusOr<X509Ptr> ParseCertificate(std::string_view pem);
absl::StatusOr<RequestPtr> ParseRequest(std::string_view pem);
absl::StatusOr<std::string> KeyToPem(EVP_PKEY* key);
absl::StatusOr<std::string> CertificateToPem(X509* certificate);
KeyHash HashOfKey(EVP_PKEY* key);

}  // namespace trellis
