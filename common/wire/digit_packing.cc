#include "common/wire/digit_packing.h"

#include <algorithm>

namespace trellis {

unsigned DigitsPerByte(unsigned base) {
  unsigned digits = 0;
  for (unsigned power = base; power <= 256; power *= base) ++digits;
  return digits;
}

size_t PackedSize(size_t count, unsigned base) {
  const unsigned per_byte = DigitsPerByte(base);
  return count / per_byte + (count % per_byte != 0 ? 1 : 0);
}

void PackDigits(std::string_view digits, unsigned base, std::string* out) {
  const unsigned per_byte = DigitsPerByte(base);
  for (size_t i = 0; i < digits.size(); i += per_byte) {
    unsigned byte = 0;
    for (size_t j = std::min(digits.size(), i + per_byte); j-- > i;) {
      byte = byte * base + static_cast<uint8_t>(digits[j]);
    }
    out->push_back(static_cast<char>(byte));
  }
}

bool UnpackDigits(std::string_view packed, size_t count, unsigned base, std::string* digits) {
  const unsigned per_byte = DigitsPerByte(base);
  digits->reserve(digits->size() + count);
  for (const char c : packed) {
    unsigned byte = static_cast<uint8_t>(c);
    for (unsigned j = 0; j < per_byte && count > 0; ++j, --count) {
      digits->push_back(static_cast<char>(byte % base));
      byte /= base;
    }
    if (byte != 0) return false;
  }
  return true;
}

}  // namespace trellis
