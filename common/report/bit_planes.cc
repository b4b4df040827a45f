#include "common/report/bit_planes.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define TRELLIS_POPCNT __attribute__((target("popcnt")))
#else
#define TRELLIS_POPCNT
#endif

namespace trellis {
namespace {

// For every subset s of the code's bits, adds to lane 8s the rows of the mask that have all bits of s.
TRELLIS_POPCNT void AddPortable(const Plane* planes, int bits, const Plane& mask, int words,
                                uint64_t* lanes) {
  uint64_t having[256];
  const unsigned subsets = 1u << bits;
  for (int w = 0; w < words; ++w) {
    having[0] = mask.words[w];
    if (having[0] == 0) continue;
    for (unsigned s = 1; s < subsets; ++s) {
      having[s] = having[s & (s - 1)] & planes[std::countr_zero(s)].words[w];
    }
    for (unsigned s = 0; s < subsets; ++s) lanes[8 * s] += std::popcount(having[s]);
  }
}

template <int kBits>
TRELLIS_POPCNT void AddUnrolled(const Plane* planes, const Plane& mask, int words, uint64_t* lanes) {
  constexpr unsigned kSubsets = 1u << kBits;
  uint64_t sums[kSubsets] = {};
  for (int w = 0; w < words; ++w) {
    uint64_t having[kSubsets];
    having[0] = mask.words[w];
    if (having[0] == 0) continue;
#pragma GCC unroll 16
    for (unsigned s = 1; s < kSubsets; ++s) {
      having[s] = having[s & (s - 1)] & planes[std::countr_zero(s)].words[w];
    }
#pragma GCC unroll 16
    for (unsigned s = 0; s < kSubsets; ++s) sums[s] += std::popcount(having[s]);
  }
  for (unsigned s = 0; s < kSubsets; ++s) lanes[8 * s] += sums[s];
}

#if defined(__x86_64__)
template <int kBits>
__attribute__((target("avx512f,avx512vpopcntdq"))) void AddAvx512(const Plane* planes, const Plane& mask,
                                                                  int words, uint64_t* lanes) {
  constexpr unsigned kSubsets = 1u << kBits;
  __m512i sums[kSubsets];
#pragma GCC unroll 16
  for (unsigned s = 0; s < kSubsets; ++s) sums[s] = _mm512_loadu_si512(lanes + 8 * s);
  for (int w = 0; w < words; w += 8) {
    __m512i having[kSubsets];
    having[0] = _mm512_load_si512(mask.words + w);
    if (_mm512_test_epi64_mask(having[0], having[0]) == 0) continue;
#pragma GCC unroll 16
    for (unsigned s = 1; s < kSubsets; ++s) {
      having[s] =
          _mm512_and_si512(having[s & (s - 1)], _mm512_load_si512(planes[std::countr_zero(s)].words + w));
    }
#pragma GCC unroll 16
    for (unsigned s = 0; s < kSubsets; ++s) {
      sums[s] = _mm512_add_epi64(sums[s], _mm512_popcnt_epi64(having[s]));
    }
  }
#pragma GCC unroll 16
  for (unsigned s = 0; s < kSubsets; ++s) _mm512_storeu_si512(lanes + 8 * s, sums[s]);
}

bool HasVectorPopcount() {
  static const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq");
  return has;
}
#endif

constexpr std::array<uint64_t, 256> MakeSpread() {
  std::array<uint64_t, 256> spread{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      if (byte >> bit & 1) spread[byte] |= uint64_t{1} << (8 * bit);
    }
  }
  return spread;
}

// Bit i of the index is the lowest bit of byte i.
constexpr std::array<uint64_t, 256> kSpread = MakeSpread();

}  // namespace

void CodeTally::Add(std::span<const Plane> planes, const Plane& mask, int words) {
  assert(static_cast<int>(planes.size()) == bits_ && words <= kPlaneWords);
#if defined(__x86_64__)
  // Words past the last row are zero, so rounding up to whole vectors adds nothing.
  if (HasVectorPopcount() && bits_ == 3) return AddAvx512<3>(planes.data(), mask, words, lanes_.data());
  if (HasVectorPopcount() && bits_ == 4) return AddAvx512<4>(planes.data(), mask, words, lanes_.data());
#endif
  if (bits_ == 3) return AddUnrolled<3>(planes.data(), mask, words, lanes_.data());
  AddPortable(planes.data(), bits_, mask, words, lanes_.data());
}

void CodeTally::AddRow(uint8_t code) { ++rows_[code]; }

std::vector<int64_t> CodeTally::Counts() const {
  const size_t subsets = size_t{1} << bits_;
  std::vector<int64_t> counts(subsets);
  for (size_t s = 0; s < subsets; ++s) {
    for (size_t lane = 0; lane < 8; ++lane) counts[s] += static_cast<int64_t>(lanes_[8 * s + lane]);
  }
  // From "has all bits of s" to "has exactly the bits of s".
  for (size_t bit = 1; bit < subsets; bit <<= 1) {
    for (size_t s = 0; s < subsets; ++s) {
      if (!(s & bit)) counts[s] -= counts[s | bit];
    }
  }
  for (size_t s = 0; s < subsets; ++s) counts[s] += rows_[s];
  return counts;
}

TRELLIS_POPCNT int64_t CountRows(const Plane& mask) {
  int64_t rows = 0;
  for (uint64_t word : mask.words) rows += std::popcount(word);
  return rows;
}

void DecodeCodes(std::span<const Plane> planes, int words, std::span<uint8_t> out) {
  assert(planes.size() <= 8 && out.size() >= static_cast<size_t>(words) * 64);
  for (int w = 0; w < words; ++w) {
    for (int byte = 0; byte < 8; ++byte) {
      uint64_t codes = 0;
      for (size_t b = 0; b < planes.size(); ++b) {
        codes |= kSpread[(planes[b].words[w] >> (8 * byte)) & 0xff] << b;
      }
      std::memcpy(out.data() + w * 64 + byte * 8, &codes, 8);
    }
  }
}

}  // namespace trellis
