// Keeps what was not taken.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "common/replica/draft.h"
#include "common/tables/stored_record.h"

namespace trellis {

// Items set aside of one peer in one scope, at most; then its frames are put off (RESOURCE_EXHAUSTED):
// nothing is thrown away, and who sends what nobody takes fills no disk.
inline constexpr uint64_t kMostSetAside = 4096;

// Once, however often it comes. RESOURCE_EXHAUSTED: the peer has kMostSetAside items in the scope already.
absl::Status KeepAside(Draft* draft, ScopeFacts* scope, const SetAsideItem& item);

}  // namespace trellis
