// The district's own certificate authority: made at init, it signs the server's certificate and the sites'.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/identity/keys.h"
#include "common/time/clock.h"

namespace trellis {

inline constexpr int64_t kDayMs = 24LL * 60 * 60 * 1000;
inline constexpr int64_t kAuthorityLifeMs = 30 * 365 * kDayMs;
inline constexpr int64_t kServerCertificateLifeMs = 397 * kDayMs;
// Longer than a site may be away: until certificates renew themselves, an expired one means joining again.
inline constexpr int64_t kSiteCertificateLifeMs = 5 * 365 * kDayMs;
// Certificates begin in the past by this much, for machines whose clock is behind.
inline constexpr int64_t kBackdateMs = 2 * kDayMs;

// Immutable; thread-safe.
class CertificateAuthority {
 public:
  // A fresh one for the district.
  static absl::StatusOr<CertificateAuthority> Make(std::string_view district, int64_t now_ms);
  static absl::StatusOr<CertificateAuthority> Load(std::string key_pem, std::string certificate_pem);

  const std::string& key_pem() const { return key_pem_; }
  const std::string& certificate_pem() const { return certificate_pem_; }

  // For the server's key, with these names (host names and addresses) and the district's server URI.
  absl::StatusOr<std::string> IssueServer(std::string_view server_key_pem, std::string_view district,
                                          const std::vector<std::string>& hosts, int64_t now_ms) const;
  // For the key in the request, which must prove that its sender holds it. Nothing but the key is taken from
  // it; a request that asks for a subject, names or rights of its own is refused (INVALID_ARGUMENT).
  absl::StatusOr<std::string> IssueSite(std::string_view request_pem, std::string_view uri,
                                        int64_t now_ms) const;

 private:
  CertificateAuthority(std::string key_pem, std::string certificate_pem)
      : key_pem_(std::move(key_pem)), certificate_pem_(std::move(certificate_pem)) {}

  std::string key_pem_;
  std::string certificate_pem_;
};

// The hash of the key a request is for, once its signature is found right.
absl::StatusOr<KeyHash> KeyOfRequest(std::string_view request_pem);

}  // namespace trellis
