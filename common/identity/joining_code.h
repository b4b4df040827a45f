// The one line that lets a machine join a district. It names the listener to ask, pins the server's key, and
// carries a secret that is good once.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace trellis {

// SHA-256 of a public key's SubjectPublicKeyInfo, cut to 160 bits: what a pin compares.
using KeyHash = std::array<uint8_t, 20>;

struct JoiningCode {
  std::array<uint8_t, 17> secret{};  // 136 random bits
  KeyHash server_key{};
  uint32_t expires_s = 0;  // seconds since 1970-01-01T00:00:00Z
  std::string host;        // 1 to 253 bytes: a name or an address without brackets
  uint16_t port = 0;
  friend bool operator==(const JoiningCode&, const JoiningCode&) = default;
};

// One line, `TRELLIS-` and groups of five (the bytes stand in README.md). REQUIRES: host as said above.
std::string EncodeJoiningCode(const JoiningCode& code);

// INVALID_ARGUMENT in words for whoever typed it; whether it has expired is not looked at.
absl::StatusOr<JoiningCode> DecodeJoiningCode(std::string_view text);

}  // namespace trellis
