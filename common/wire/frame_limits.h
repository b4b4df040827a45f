// Limits of a frame's body, checked before anything is allocated by what the body says (README.md).
#pragma once

#include <cstddef>

namespace trellis {

inline constexpr size_t kMaxFrameRecords = 8'192;
// A, B, C and D together, once decompressed.
inline constexpr size_t kMaxPlainBytes = 1u << 20;
// 64 KiB of frame, and one record that did not fit beside others.
inline constexpr size_t kMaxBodyBytes = (64u << 10) + kMaxPlainBytes;
// What a body may be rebuilt to: values, cell keys, actors and contexts together.
inline constexpr size_t kMaxRebuiltBytes = 4u << 20;
// Values over all columns.
inline constexpr size_t kMaxColumnValues = 1u << 20;
// Different lists of tags among the rows of one message type.
inline constexpr size_t kMaxShapes = 1'024;
inline constexpr size_t kMaxTagsPerShape = 256;
// Messages within messages.
inline constexpr size_t kMaxNesting = 8;
// zstd windows above this are refused.
inline constexpr int kMaxWindowLog = 20;

}  // namespace trellis
