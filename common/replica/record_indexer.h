// What stands in the indexes for a state: its kind's indexed fields, and whether a person must look at it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "common/causal/record_state.h"

namespace trellis {

class KindRegistry;

// Immutable; thread-safe.
class RecordIndexer {
 public:
  struct Entry {
    uint32_t field = 0;
    std::string value;  // order-preserving bytes
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  // Without kinds nothing is indexed by field, and every field is a register.
  explicit RecordIndexer(const KindRegistry* kinds) : kinds_(kinds) {}

  // Sorted, unique. None for a record that is not live.
  std::vector<Entry> EntriesOf(const RecordState& state) const;
  // A cell with differing values no policy reconciles, or live despite a delete.
  bool NeedsAttention(const RecordState& state) const;
  // Whether a local write that replaces the cell decides between values somebody must choose from.
  bool InConflict(const RecordState& state, const Cell& cell) const;

 private:
  const KindRegistry* kinds_;
};

}  // namespace trellis
