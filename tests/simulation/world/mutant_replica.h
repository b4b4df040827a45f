// Planted faults: a replica that breaks one promise on purpose, so that the checkers prove they can fail.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/replica/replica.h"

namespace trellis::simulation {

enum class Mutant {
  kNone,
  kEpochMintedOnce,         // at the store's making, not at every opening
  kCursorNotCutAtLineage,   // the sender's timeline is believed to have gone on for ever
  kSkipWhateverLineage,     // what came from a peer is never sent back to it
  kDeltaWithoutBaseCheck,   // a delta is merged whatever it starts from
  kAckBeforeCommit,         // acknowledged, then stored with the next frame
  kCursorBeforeData,        // the cursor is durable before the records are
  kOneCursorOverLanes,      // the furthest lane speaks for all
  kSetAsideNotSubtracted,   // digests count what one end refuses
  kNackedFrameHalfApplied,  // the items before the nacked one are stored, and the cursor moves
};

inline constexpr Mutant kAllMutants[] = {
    Mutant::kEpochMintedOnce,       Mutant::kCursorNotCutAtLineage, Mutant::kSkipWhateverLineage,
    Mutant::kDeltaWithoutBaseCheck, Mutant::kAckBeforeCommit,       Mutant::kCursorBeforeData,
    Mutant::kOneCursorOverLanes,    Mutant::kSetAsideNotSubtracted, Mutant::kNackedFrameHalfApplied,
};
const char* NameOf(Mutant mutant);

// `all_epochs`: every epoch of the history so far; must outlive the replica.
std::unique_ptr<Replica> MakeMutant(Mutant mutant, std::unique_ptr<Replica> replica,
                                    const std::vector<Epoch>* all_epochs);

}  // namespace trellis::simulation
