// What stands in the indexes for a state: its kind's indexed fields, and whether a person must look at it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/causal/record_state.h"
#include "common/record/index_entries.h"

namespace trellis {

class KindRegistry;

// Immutable; thread-safe.
class RecordIndexer {
 public:
  // Without kinds nothing is indexed by field, and every field is a register.
  explicit RecordIndexer(const KindRegistry* kinds) : kinds_(kinds) {}

  // By full name, sorted. Empty without kinds.
  std::vector<std::string> Kinds() const;
  // What is indexed of a kind, how, and by which policies its values are shown: another signature means other
  // entries. Empty for a kind that is not known.
  std::string SignatureOf(std::string_view kind) const;
  // Sorted, unique. None for a record that is not live.
  std::vector<IndexEntry> EntriesOf(const RecordState& state) const;
  // A cell with differing values no policy reconciles, or live despite a delete.
  bool NeedsAttention(const RecordState& state) const;
  // Whether a local write that replaces the cell decides between values somebody must choose from.
  bool InConflict(const RecordState& state, const Cell& cell) const;

 private:
  const KindRegistry* kinds_;
};

}  // namespace trellis
