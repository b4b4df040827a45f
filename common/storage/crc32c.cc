#include "common/storage/crc32c.h"

#include <array>

namespace trellis {
namespace {

constexpr std::array<uint32_t, 256> MakeTable() {
  constexpr uint32_t kCastagnoli = 0x82f63b78;
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? value >> 1 ^ kCastagnoli : value >> 1;
    table[i] = value;
  }
  return table;
}

}  // namespace

uint32_t MaskedCrc32c(std::string_view first, std::string_view second) {
  static constexpr std::array<uint32_t, 256> kTable = MakeTable();
  uint32_t crc = UINT32_MAX;
  for (const std::string_view bytes : {first, second}) {
    for (const char byte : bytes) crc = kTable[(crc ^ static_cast<uint8_t>(byte)) & 0xff] ^ crc >> 8;
  }
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xa282ead8;
}

uint32_t LittleEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

}  // namespace trellis
