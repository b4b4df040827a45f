// Private keys, requests and certificates as PEM: EC P-256 throughout.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/identity/joining_code.h"

namespace trellis {

// A fresh private key, PKCS#8 PEM, not encrypted: it goes into a private file.
absl::StatusOr<std::string> MakePrivateKey();

// A certificate request for the key. Its subject is empty: what the certificate says is the issuer's to say.
absl::StatusOr<std::string> MakeCertificateRequest(std::string_view private_key_pem);

// What we look at in a certificate.
struct CertificateFacts {
  std::string uri;     // the first URI among its names; empty if there is none
  std::string serial;  // upper-case hex
  KeyHash key{};
  int64_t not_before_ms = 0;
  int64_t not_after_ms = 0;
};
absl::StatusOr<CertificateFacts> ReadCertificate(std::string_view certificate_pem);

std::string KeyHashHex(const KeyHash& hash);

// The name of a site in its certificate: trellis://<district>/site/<site>.
std::string SiteUri(std::string_view district, std::string_view site);
// The site named by such a URI of this district; empty for any other URI.
std::string SiteOfUri(std::string_view district, std::string_view uri);

// The host name every certificate of the district's server carries, whatever address it is reached by.
std::string ServerName(std::string_view district);

}  // namespace trellis
