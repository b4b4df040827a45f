// Stores of earlier formats brought up to this program's when they are opened, one step a format.
//
//   begin step k -> k+1   format := k+1, migrating := k      one synced batch: from here on a program that
//   knows
//                                                            only format k refuses the store, untouched
//   the step              any number of batches
//   end                   migrating goes                     one synced batch
//
// Killed at any moment, the next opening runs the step again from its beginning: a step changes nothing where
// it has been before. What follows from the records (indexes, feed, digests) no step makes: it asks for a
// rebuild (rebuild.h), which is restartable in the same way.
#pragma once

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/storage/engine.h"

namespace trellis {

struct MigrationStep {
  uint64_t from = 0;  // the format it starts from; it leads to the next
  absl::Status (*run)(Engine* engine) = nullptr;
};

// Every step there is, least format first, without a gap; the last leads to kStoreFormat.
std::span<const MigrationStep> MigrationSteps();

// The format of the store; 0: it has none, it is new.
absl::StatusOr<uint64_t> FormatOf(const ReadView& view);
// kFailedPrecondition, with nothing touched, if the format is newer than the ladder leads to or older than it
// begins, in words that say which program to run.
absl::Status CheckFormat(const ReadView& view, std::span<const MigrationStep> steps = MigrationSteps());
// Does nothing to a new store, or one of the last format. Before anything else is written. As CheckFormat.
absl::Status Migrate(Engine* engine, std::span<const MigrationStep> steps = MigrationSteps());

}  // namespace trellis
