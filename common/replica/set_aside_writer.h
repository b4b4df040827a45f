// Keeps what was not taken.
#pragma once

#include "absl/status/status.h"
#include "common/replica/draft.h"
#include "common/tables/stored_record.h"

namespace trellis {

// Once, however often it comes. RESOURCE_EXHAUSTED: the peer has kMostSetAside items in the scope already.
absl::Status KeepAside(Draft* draft, ScopeFacts* scope, const SetAsideItem& item);

}  // namespace trellis
