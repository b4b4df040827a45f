// A column of numbers: col of README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/wire/frame_streams.h"

namespace trellis {

// Differences may wrap around: arithmetic is modulo 2^64.
inline uint64_t ZigzagOf(uint64_t difference) { return (difference << 1) ^ (0 - (difference >> 63)); }
inline uint64_t UnZigzag(uint64_t zigzag) { return (zigzag >> 1) ^ (0 - (zigzag & 1)); }

inline size_t VarintSize(uint64_t value) {
  return (static_cast<size_t>(64 - __builtin_clzll(value | 1)) + 6) / 7;
}

void EncodeNumbers(const std::vector<uint64_t>& values, FrameStreams* out);
// As many numbers as the caller knows there to be. False after in->Fail().
bool DecodeNumbers(size_t count, FrameReader* in, std::vector<uint64_t>* values);

}  // namespace trellis
