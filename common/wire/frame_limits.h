// Limits of a frame's body, checked before anything is allocated by what the body says (README.md).
#pragma once

#include <cstddef>

namespace trellis {

inline constexpr size_t kMaxFrameRecords = 8'192;
// A, B, C and D together, once decompressed.
inline constexpr size_t kMaxPlainBytes = 1u << 20;
// 64 KiB of frame, and one record that did not fit beside others.
inline constexpr size_t kMaxBodyBytes = (64u << 10) + kMaxPlainBytes;
// What the values of a body may be rebuilt to.
inline constexpr size_t kMaxRebuiltBytes = 4u << 20;
// Values over all columns, and cells with their siblings over all records.
inline constexpr size_t kMaxColumnValues = 1u << 20;
inline constexpr size_t kMaxCells = 1u << 17;
// Different lists of tags among the messages of one node, and the tags in one of them.
inline constexpr size_t kMaxShapes = 1'024;
inline constexpr size_t kMaxTagsPerShape = 256;
// Columns of one node, and of all nodes.
inline constexpr size_t kMaxFieldsPerNode = 256;
inline constexpr size_t kMaxFields = 32'768;
// Kinds of record that travel as columns in one frame.
inline constexpr size_t kMaxColumnKinds = 64;
// Messages within messages.
inline constexpr size_t kMaxNesting = 8;
// zstd windows above this are refused.
inline constexpr size_t kMaxWindowBytes = 1u << 20;

}  // namespace trellis
