#include "common/replica/record_indexer.h"

#include "common/causal/bytes.h"
#include "common/merge/show.h"
#include "common/record/hash.h"
#include "common/record/kind_registry.h"

namespace trellis {
namespace {

PolicyOfField PolicyOfKind(const KindInfo* kind) {
  return [kind](uint32_t field) { return kind != nullptr ? kind->PolicyOf(field) : CellPolicy::kRegister; };
}

}  // namespace

std::string RecordIndexer::Signature() const {
  if (kinds_ == nullptr) return "";
  std::string text;
  for (const KindInfo& kind : kinds_->kinds()) {
    text += kind.full_name;
    for (const FieldInfo& field : kind.fields) {
      AppendVarint(&text, field.number);
      text.push_back(static_cast<char>(field.policy));
      text.push_back(field.index ? 1 : 0);
    }
  }
  return KeyedHash(HashKey{}, text).ToHex();
}

std::vector<IndexEntry> RecordIndexer::EntriesOf(const RecordState& state) const {
  const KindInfo* kind = kinds_ != nullptr ? kinds_->Find(state.kind) : nullptr;
  if (kind == nullptr) return {};
  const ShownRecord shown = Show(state, PolicyOfKind(kind));
  if (!IsLive(shown.presence)) return {};
  return IndexEntriesOf(*kind, shown.message);
}

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
