// Builds the next frame of a lane from one snapshot.
#pragma once

#include "absl/status/statusor.h"
#include "common/replica/commit_path.h"
#include "common/replica/replica.h"

namespace trellis {

// Thread-safe. kFailedPrecondition before BeginScope of the scope in this opening.
absl::StatusOr<ReplicaFrame> BuildReplicaFrame(const CommitPath& path, const HashKey& key,
                                               const FrameRequest& request);

}  // namespace trellis
