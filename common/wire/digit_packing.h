// Digits of a small base, several to a byte: five answers fit three to a byte (5^3 = 125).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trellis {

inline constexpr unsigned kMaxDigitBase = 16;

// How many digits of `base` a byte holds. REQUIRES: 2 <= base <= kMaxDigitBase.
unsigned DigitsPerByte(unsigned base);
// Bytes that `count` digits take.
size_t PackedSize(size_t count, unsigned base);
// The first digit of a byte is its least significant. REQUIRES: each digit < base.
void PackDigits(std::string_view digits, unsigned base, std::string* out);
// False if a byte holds more than its digits can say. REQUIRES: packed.size() == PackedSize(count, base).
bool UnpackDigits(std::string_view packed, size_t count, unsigned base, std::string* digits);

}  // namespace trellis
