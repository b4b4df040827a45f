// A frame that cannot be taken, whatever connection it comes on, must not end every connection for ever.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/replica/replica.h"
#include "common/session/messages.h"

namespace trellis {

// The same place of a lane fails so often before what stands there is set aside as it came: a frame that was
// only damaged on its way comes whole the next time, and after a cut frames are smaller.
inline constexpr int kMostFrameFailures = 3;

// Whether coming again will hardly help: not so when the store has no room, or is gone.
bool IsOfTheFrame(const absl::Status& failure);

// Counts a failure, durably. True: often enough.
absl::StatusOr<bool> FailedOftenEnough(Replica* replica, const std::string& peer, const Frame& frame);

}  // namespace trellis
