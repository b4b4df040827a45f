// Moves this store's cursors into a peer's feed, within a draft.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/replica/draft.h"
#include "common/tables/cursor_table.h"

namespace trellis {

// The cursors of one peer epoch in one scope.
class CursorChange {
 public:
  static absl::StatusOr<CursorChange> Load(const Draft& draft, std::string_view peer, ScopeNumber scope,
                                           Epoch epoch);

  // nullopt if none is stored for the lane.
  std::optional<uint64_t> Get(Lane lane) const { return row_.lanes[static_cast<int>(lane)]; }
  // Cursors only grow. `seen`: the scope's seq at the peer as it was told along.
  void Raise(Lane lane, uint64_t seq, uint64_t seen);
  // Writes the row if anything was raised. A new epoch beyond kMaxCursorEpochs sends the oldest away.
  absl::Status Store(Draft* draft) const;

 private:
  std::string prefix_;
  std::string key_;
  CursorRow row_;
  bool is_new_ = true;
  bool raised_ = false;
};

}  // namespace trellis
