// What a transcript or certificate says, and the code that proves it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace trellis {

enum class CredentialType : uint8_t { kTranscript = 1, kCertificate = 2 };

// One thing learned by.
struct CredentialLine {
  std::string date;  // YYYY-MM-DD; empty: not known
  uint32_t minutes = 0;
  // Printed, and covered by the fingerprint alone.
  std::string title;
  std::string provider;
  std::string state;

  friend bool operator==(const CredentialLine&, const CredentialLine&) = default;
};

struct Credential {
  CredentialType type = CredentialType::kTranscript;
  std::string district;
  std::string name;
  std::string staff_unique_id;
  std::string activity;    // of a certificate: its title
  std::string issue_date;  // YYYY-MM-DD
  std::string from_date;   // first and last day of the lines; empty: none is dated
  std::string to_date;
  uint32_t total_minutes = 0;
  std::vector<CredentialLine> lines;  // of a transcript
  std::string fingerprint;            // 16 hex digits; of a transcript

  friend bool operator==(const Credential&, const Credential&) = default;
};

// More lines are covered by the fingerprint only.
inline constexpr size_t kMostCodedLines = 200;

// 16 hex digits of SHA-256 over every word of the lines.
std::string FingerprintOf(const std::vector<CredentialLine>& lines);

// Signs a statement with the district's authority.
using SignStatement = std::function<std::string(std::string_view)>;

// The code of a credential, in groups of five. INTERNAL if it cannot be signed; INVALID_ARGUMENT if a date is
// none, or a text is longer than a code can hold (400 bytes).
absl::StatusOr<std::string> IssueCode(const Credential& credential, const SignStatement& sign);

// What a code says, its lines without their words. INVALID_ARGUMENT: mistyped. PERMISSION_DENIED: not signed
// by the authority of that certificate (PEM), so forged or another district's.
absl::StatusOr<Credential> VerifyCode(std::string_view code, std::string_view authority_pem);

// 5 h 30 min.
std::string DurationText(uint32_t minutes);

}  // namespace trellis
