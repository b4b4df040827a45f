#include "common/identity/base32.h"

#include <cstdint>

namespace trellis {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int ValueOf(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const size_t at = kDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string EncodeBase32(std::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<uint8_t>(byte);
    count += 8;
    while (count >= 5) {
      count -= 5;
      text += kDigits[bits >> count & 31];
    }
  }
  if (count > 0) text += kDigits[bits << (5 - count) & 31];
  return text;
}

std::optional<std::string> DecodeBase32(std::string_view text) {
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const int value = ValueOf(c);
    if (value < 0) return std::nullopt;
    bits = bits << 5 | static_cast<uint32_t>(value);
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 255);
    }
  }
  const bool padded = (bits & ((1u << count) - 1)) != 0;
  if (count >= 5 || padded) return std::nullopt;
  return bytes;
}

std::string Grouped(std::string_view text, size_t size) {
  std::string grouped;
  for (size_t at = 0; at < text.size(); at += size) {
    if (at > 0) grouped += '-';
    grouped += text.substr(at, size);
  }
  return grouped;
}

}  // namespace trellis
