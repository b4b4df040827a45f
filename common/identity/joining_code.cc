#include "common/identity/joining_code.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cctype>

#include "common/identity/base32.h"

namespace trellis {
namespace {

constexpr std::string_view kPrefix = "TRELLIS";
constexpr uint8_t kVersion = 1;
constexpr size_t kGroup = 5;
constexpr size_t kChecksumBytes = 4;
constexpr size_t kFixedBytes = 1 + 17 + 20 + 4 + 2;
constexpr size_t kMaxHostBytes = 253;
constexpr size_t kMaxTextBytes = 1'000;

std::string Checksum(std::string_view bytes) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash);
  return std::string(reinterpret_cast<const char*>(hash), kChecksumBytes);
}

absl::Status Mistyped() {
  return absl::InvalidArgumentError(
      "this is not a joining code, or it was mistyped: copy the whole line that `trellis sites add` printed");
}

// Upper case without blanks at either end, the prefix taken off; false if it is not there.
bool TakePrefix(std::string_view* text) {
  while (!text->empty() && std::isspace(static_cast<unsigned char>(text->front()))) text->remove_prefix(1);
  while (!text->empty() && std::isspace(static_cast<unsigned char>(text->back()))) text->remove_suffix(1);
  if (text->size() < kPrefix.size() || text->size() > kMaxTextBytes) return false;
  const bool same = std::equal(kPrefix.begin(), kPrefix.end(), text->begin(), [](char want, char got) {
    return want == static_cast<char>(std::toupper(static_cast<unsigned char>(got)));
  });
  text->remove_prefix(kPrefix.size());
  return same;
}

}  // namespace

std::string EncodeJoiningCode(const JoiningCode& code) {
  std::string bytes;
  bytes += static_cast<char>(kVersion);
  bytes.append(code.secret.begin(), code.secret.end());
  bytes.append(code.server_key.begin(), code.server_key.end());
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(code.expires_s >> shift & 255);
  bytes += static_cast<char>(code.port >> 8);
  bytes += static_cast<char>(code.port & 255);
  bytes += code.host;
  bytes += Checksum(bytes);
  return std::string(kPrefix) + "-" + Grouped(EncodeBase32(bytes), kGroup);
}

absl::StatusOr<JoiningCode> DecodeJoiningCode(std::string_view text) {
  if (!TakePrefix(&text)) return Mistyped();
  const std::optional<std::string> decoded = DecodeBase32(text);
  if (!decoded.has_value() || decoded->size() <= kFixedBytes + kChecksumBytes ||
      decoded->size() > kFixedBytes + kMaxHostBytes + kChecksumBytes) {
    return Mistyped();
  }
  std::string_view bytes = *decoded;
  const std::string_view checksum = bytes.substr(bytes.size() - kChecksumBytes);
  bytes.remove_suffix(kChecksumBytes);
  if (Checksum(bytes) != checksum) return Mistyped();
  if (static_cast<uint8_t>(bytes[0]) != kVersion) {
    return absl::InvalidArgumentError(
        "this joining code is for a newer trellisd: install the server's version first");
  }
  JoiningCode code;
  auto at = bytes.begin() + 1;
  std::copy_n(at, code.secret.size(), code.secret.begin());
  at += code.secret.size();
  std::copy_n(at, code.server_key.size(), code.server_key.begin());
  at += code.server_key.size();
  for (int i = 0; i < 4; ++i) code.expires_s = code.expires_s << 8 | static_cast<uint8_t>(*at++);
  for (int i = 0; i < 2; ++i) code.port = static_cast<uint16_t>(code.port << 8 | static_cast<uint8_t>(*at++));
  code.host.assign(at, bytes.end());
  return code;
}

}  // namespace trellis
