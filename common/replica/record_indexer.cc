#include "common/replica/record_indexer.h"

#include <algorithm>

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

std::vector<std::string> RecordIndexer::Kinds() const {
  std::vector<std::string> names;
  if (kinds_ == nullptr) return names;
  for (const KindInfo& kind : kinds_->kinds()) names.push_back(kind.full_name);
  std::sort(names.begin(), names.end());
  return names;
}

std::string RecordIndexer::SignatureOf(std::string_view kind) const {
  const KindInfo* known = kinds_ != nullptr ? kinds_->Find(kind) : nullptr;
  if (known == nullptr) return "";
  std::string text;
  for (const FieldInfo& field : known->fields) {
    AppendVarint(&text, field.number);
    text.push_back(static_cast<char>(field.policy));
    text.push_back(field.index ? 1 : 0);
    text.push_back(static_cast<char>(field.type));
  }
  return KeyedHash(HashKey{}, text).ToBytes();
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
