// The first byte of a frame's body (README.md).
#pragma once

#include <cstdint>

namespace trellis {

inline constexpr uint8_t kFrameVersion = 1;

enum class FramePacking : uint8_t { kStored = 0, kCompressed = 1, kDictionary = 2 };

}  // namespace trellis
