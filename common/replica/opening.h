// What opening a store does before anything else: it is brought to this program's format, then a fresh epoch
// is minted and synced.
#pragma once

#include "absl/status/statusor.h"
#include "common/causal/context.h"
#include "common/storage/engine.h"
#include "common/time/clock.h"
#include "common/time/random.h"

namespace trellis {

// The epoch of this opening, durable. With `rescue` the same commit voids every cursor into a peer's
// feed and asks for a rebuild of what follows from the records.
// kFailedPrecondition as Migrate.
absl::StatusOr<Epoch> MintEpoch(Engine* engine, const Clock& clock, Random* random, bool rescue);

}  // namespace trellis
