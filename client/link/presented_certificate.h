// What a certificate says of its holder, for people.
#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <string>

namespace trellis {

// Names come from whoever answers: control characters are taken out, long ones cut.
struct PresentedCertificate {
  std::string subject;  // common name and organization
  std::string issuer;   // the same of who signed it
  int64_t not_before_ms = 0;
  int64_t not_after_ms = 0;
};

PresentedCertificate DescribeCertificate(X509* certificate);

}  // namespace trellis
