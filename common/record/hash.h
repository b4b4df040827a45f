// 128-bit keyed hash (SipHash-2-4 with 128-bit output, libsodium) and the sum digests are made of.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/record/record_id.h"

namespace trellis {

struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;

  // Addition and subtraction modulo 2^128: a digest of a set is the sum of its members' hashes.
  Hash128& operator+=(const Hash128& other);
  Hash128& operator-=(const Hash128& other);
  // 16 bytes, little-endian, low first.
  std::string ToBytes() const;
  // REQUIRES: 16 bytes.
  static Hash128 FromBytes(std::string_view bytes);
  // 32 lower-case hex digits, most significant first.
  std::string ToHex() const;
  // False unless 32 hex digits.
  static bool FromHex(std::string_view hex, Hash128* out);
};

Hash128 KeyedHash(const HashKey& key, std::string_view bytes);

}  // namespace trellis
