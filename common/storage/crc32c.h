// RocksDB's checksum of log records and table blocks.
#pragma once

#include <cstdint>
#include <string_view>

namespace trellis {

// CRC-32C (Castagnoli) of both after one another, rotated right by 15, plus a282ead8.
uint32_t MaskedCrc32c(std::string_view first, std::string_view second);

// The least significant byte first. REQUIRES: at most four bytes.
uint32_t LittleEndian(std::string_view bytes);

}  // namespace trellis
