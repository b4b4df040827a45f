// A store found behind its anchor: how far, and what is kept of it until every scope has been reconciled.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/replica/anchor.h"
#include "common/replica/replica.h"
#include "common/storage/engine.h"

namespace trellis {

// How many durable changes the store is made of; 0 for a new one.
absl::StatusOr<uint64_t> DurableSeqOf(const ReadView& view);

// How many changes the store lacks of what its anchor says; nullopt if it is not behind.
absl::StatusOr<std::optional<uint64_t>> BehindAnchor(const ReadView& view,
                                                     const std::optional<AnchorState>& anchor);

// The meta fact of how many changes were lost, while the rescue lasts; empty afterwards.
inline constexpr char kRescueFact[] = "store/rescue";
// The fact's value with so many more.
std::string AddLost(std::string_view fact, uint64_t more);

// Stands in the store, so that it outlives a restart. Reading is thread-safe.
class Rescue {
 public:
  // At opening, with what BehindAnchor said before: adds to what an earlier opening may have left.
  absl::Status Open(Replica* replica, std::optional<uint64_t> behind);
  // Every scope has been reconciled.
  absl::Status Finish(Replica* replica);

  bool active() const { return active_; }
  // So many acknowledged changes are missing, as far as anchor and counts tell; what peers hold of them comes
  // back by sync.
  uint64_t changes_lost() const { return changes_lost_; }
  // The same of a rescue that was finished since the program began; 0: there was none.
  uint64_t changes_reconciled() const { return changes_reconciled_; }

 private:
  std::atomic<bool> active_{false};
  std::atomic<uint64_t> changes_lost_{0};
  std::atomic<uint64_t> changes_reconciled_{0};
};

}  // namespace trellis
