// Ids shaped as UUIDv7 whose time is the raw stamp of their record: ten bytes say the rest.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/record/record_id.h"

namespace trellis {

inline constexpr size_t kTimedIdBytes = 10;

bool IsTimedId(const RecordId& id, int64_t raw_ms);
// REQUIRES: IsTimedId(id, its raw stamp).
std::string RandomOfTimedId(const RecordId& id);
// False if the bytes are none that RandomOfTimedId gives. REQUIRES: kTimedIdBytes of them.
bool TimedIdOf(std::string_view random, int64_t raw_ms, RecordId* id);

}  // namespace trellis
