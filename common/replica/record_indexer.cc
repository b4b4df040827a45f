#include "common/replica/record_indexer.h"

#include "common/merge/show.h"
#include "common/record/kind_registry.h"

namespace trellis {
namespace {

PolicyOfField PolicyOfKind(const KindInfo* kind) {
  return [kind](uint32_t field) { return kind != nullptr ? kind->PolicyOf(field) : CellPolicy::kRegister; };
}

}  // namespace

std::vector<RecordIndexer::Entry> RecordIndexer::EntriesOf(const RecordState& state) const { return {}; }

bool RecordIndexer::NeedsAttention(const RecordState& state) const {
  if (FreshWrite(state) != nullptr) return false;
  const KindInfo* kind = kinds_ != nullptr ? kinds_->Find(state.kind) : nullptr;
  return trellis::NeedsAttention(state, PolicyOfKind(kind));
}

bool RecordIndexer::InConflict(const RecordState& state, const Cell& cell) const {
  const KindInfo* kind = kinds_ != nullptr ? kinds_->Find(state.kind) : nullptr;
  return trellis::InConflict(cell, kind != nullptr ? kind->PolicyOf(cell.key.field) : CellPolicy::kRegister);
}

}  // namespace trellis
