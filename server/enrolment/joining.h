// Joining as a use case: codes go out, a code and a request come back, a certificate is the answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/time/clock.h"
#include "server/enrolment/certificate_authority.h"
#include "server/enrolment/site_registry.h"

namespace trellis {

// What a machine that joins learns about the district besides its certificate.
struct DistrictFacts {
  std::string id;
  std::string name;
  std::string key_hex;         // HashKey
  std::string bundle_key_hex;  // public key that bundles are sealed to
};

// Thread-safe.
class Joining {
 public:
  // Pointers must outlive the object.
  Joining(SiteRegistry* registry, const CertificateAuthority* authority, DistrictFacts district,
          KeyHash server_key, const Clock* clock);

  // Where the listener is, as sites reach it. Before the first code is made.
  void SetListener(std::string host, uint16_t port);

  struct FreshCode {
    std::string line;
    int64_t expires_ms = 0;
  };
  // A code for a registered site.
  absl::StatusOr<FreshCode> MakeCode(std::string_view site, int64_t lifetime_ms);

  // Answers the JSON call {"secret","request"} with {"certificate","authority","site","district",
  // "districtName","districtKey","bundleKey","account","accountName"}.
  absl::StatusOr<std::string> Answer(std::string_view json_request);

 private:
  SiteRegistry* const registry_;
  const CertificateAuthority* const authority_;
  const DistrictFacts district_;
  const KeyHash server_key_;
  const Clock* const clock_;
  std::string host_;
  uint16_t port_ = 0;
};

}  // namespace trellis
