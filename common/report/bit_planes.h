// Bit planes of up to 2,048 rows and the popcounts that count codes in them. Bit r of a plane belongs to row
// r; plane b of a column holds bit b of each row's code.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace trellis {

inline constexpr int kSegmentRows = 2048;
inline constexpr int kPlaneWords = kSegmentRows / 64;

struct alignas(64) Plane {
  uint64_t words[kPlaneWords] = {};

  bool Get(int row) const { return (words[row / 64] >> (row % 64)) & 1; }
  void Set(int row, bool value) {
    const uint64_t bit = uint64_t{1} << (row % 64);
    words[row / 64] = value ? words[row / 64] | bit : words[row / 64] & ~bit;
  }
};

// Sums of popcounts, kept in eight lanes so that nothing is added across a vector until the end.
class CodeTally {
 public:
  explicit CodeTally(int bits) : bits_(bits), lanes_(size_t{8} << bits), rows_(size_t{1} << bits) {}

  // Adds the rows of `mask` in the first `words` words. REQUIRES: planes.size() == bits; words <=
  // kPlaneWords.
  void Add(std::span<const Plane> planes, const Plane& mask, int words);
  // Adds one row. REQUIRES: code < 2^bits.
  void AddRow(uint8_t code);
  // How many of the rows added have each code; 2^bits counts.
  std::vector<int64_t> Counts() const;

 private:
  int bits_;
  // lanes_[8s … 8s+7] sum to the rows whose code has all bits of s; rows_ were added one by one.
  std::vector<uint64_t> lanes_;
  std::vector<int64_t> rows_;
};

int64_t CountRows(const Plane& mask);

// The codes of rows 0 … 64·words−1, a byte each. REQUIRES: planes.size() <= 8; out.size() >= 64·words.
void DecodeCodes(std::span<const Plane> planes, int words, std::span<uint8_t> out);

}  // namespace trellis
