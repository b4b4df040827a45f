// How large a workbook may be: what a spreadsheet program itself can hold, and no more than a form or a
// survey's answers need.
#pragma once

#include <cstddef>
#include <cstdint>

namespace trellis {

inline constexpr uint64_t kLargestPartBytes = 64ull << 20;
inline constexpr uint64_t kLargestUnpackedBytes = 128ull << 20;
inline constexpr int64_t kMostParts = 1000;
inline constexpr size_t kMostRows = 1048576;
inline constexpr size_t kMostColumns = 16384;
inline constexpr size_t kMostCells = 4000000;

}  // namespace trellis
