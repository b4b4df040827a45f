// What opening a store does before anything else: the format is checked, a fresh epoch is minted and synced.
#pragma once

#include "absl/status/statusor.h"
#include "common/causal/context.h"
#include "common/storage/engine.h"
#include "common/time/clock.h"
#include "common/time/random.h"

namespace trellis {

// kFailedPrecondition if the store's format is newer than this program's; nothing is touched.
absl::Status CheckFormat(const ReadView& view);

// The epoch of this opening, durable. With `rescue` the same commit voids every cursor into a peer's
// feed and asks for a rebuild of what follows from the records.
// kFailedPrecondition as CheckFormat.
absl::StatusOr<Epoch> MintEpoch(Engine* engine, const Clock& clock, Random* random, bool rescue);

}  // namespace trellis
