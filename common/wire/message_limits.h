// How much one message of a session may name. Each limit lies far above what an honest store says and keeps
// what a hostile one can make us hold in proportion to a message's bytes (at most 4 MiB, gRPC's own limit).
#pragma once

#include <cstddef>

#include "common/wire/frame_limits.h"

namespace trellis {

inline constexpr size_t kMaxSyncMessageBytes = 4u << 20;
inline constexpr size_t kMaxScopes = 16'384;  // a server's own opening may name every site of a state
inline constexpr size_t kMaxScopeBytes = 255;
inline constexpr size_t kMaxLineageRows = 64;  // DESIGN.md: the newest 64 openings of a scope
inline constexpr size_t kMaxLanes = 8;
inline constexpr size_t kMaxCursors = 64 * kMaxLanes;
inline constexpr size_t kMaxDictionaries = 64;
inline constexpr size_t kMaxNotices = 256;
inline constexpr size_t kMaxTextBytes = 4'096;  // one sentence or name for people
inline constexpr size_t kMaxIds = 65'536;       // set aside in a scope, or nacked in a frame
inline constexpr size_t kMaxBuckets = 65'536;
inline constexpr size_t kMaxVersions = 131'072;  // records of a bucket

}  // namespace trellis
