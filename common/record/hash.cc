#include "common/record/hash.h"

#include <fmt/format.h>
#include <sodium.h>

#include <charconv>
#include <cstring>

namespace trellis {

Hash128& Hash128::operator+=(const Hash128& other) {
  low += other.low;
  high += other.high + (low < other.low ? 1 : 0);
  return *this;
}

Hash128& Hash128::operator-=(const Hash128& other) {
  high -= other.high + (low < other.low ? 1 : 0);
  low -= other.low;
  return *this;
}

std::string Hash128::ToBytes() const {
  std::string out(16, '\0');
  std::memcpy(out.data(), &low, 8);
  std::memcpy(out.data() + 8, &high, 8);
  return out;
}

Hash128 Hash128::FromBytes(std::string_view bytes) {
  Hash128 hash;
  std::memcpy(&hash.low, bytes.data(), 8);
  std::memcpy(&hash.high, bytes.data() + 8, 8);
  return hash;
}

std::string Hash128::ToHex() const { return fmt::format("{:016x}{:016x}", high, low); }

bool Hash128::FromHex(std::string_view hex, Hash128* out) {
  if (hex.size() != 32) return false;
  const auto parse = [](std::string_view part, uint64_t* value) {
    const auto result = std::from_chars(part.data(), part.data() + part.size(), *value, 16);
    return result.ec == std::errc() && result.ptr == part.data() + part.size();
  };
  return parse(hex.substr(0, 16), &out->high) && parse(hex.substr(16), &out->low);
}

Hash128 KeyedHash(const HashKey& key, std::string_view bytes) {
  static_assert(crypto_shorthash_siphashx24_BYTES == 16 && crypto_shorthash_siphashx24_KEYBYTES == 16);
  Hash128 hash;
  unsigned char out[16];
  crypto_shorthash_siphashx24(out, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                              key.data());
  std::memcpy(&hash.low, out, 8);
  std::memcpy(&hash.high, out + 8, 8);
  return hash;
}

}  // namespace trellis
