#include "common/tables/index_tables.h"

#include "common/tables/key_codec.h"

namespace trellis {
namespace {

std::string ScopedKey(Table table, ScopeNumber scope) {
  std::string key = TableKey(table);
  key.reserve(25);
  AppendBig32(&key, scope);
  return key;
}

}  // namespace

std::string KindIndexPrefix(ScopeNumber scope, KindNumber kind) {
  std::string key = ScopedKey(Table::kKindIndex, scope);
  AppendBig32(&key, kind);
  return key;
}

std::string KindIndexKey(ScopeNumber scope, KindNumber kind, const RecordId& id) {
  return KindIndexPrefix(scope, kind).append(id.view());
}

std::string FieldIndexPrefix(ScopeNumber scope, KindNumber kind) {
  std::string key = ScopedKey(Table::kFieldIndex, scope);
  AppendBig32(&key, kind);
  return key;
}

std::string FieldIndexPrefix(ScopeNumber scope, KindNumber kind, uint32_t field) {
  std::string key = FieldIndexPrefix(scope, kind);
  AppendBig32(&key, field);
  return key;
}

std::string FieldIndexKey(ScopeNumber scope, KindNumber kind, uint32_t field, std::string_view value,
                          const RecordId& id) {
  std::string key = FieldIndexPrefix(scope, kind, field);
  return key.append(value).append(id.view());
}

std::pair<std::string_view, RecordId> FieldIndexEntryOfKey(std::string_view key) {
  constexpr size_t kBefore = 13;  // table, scope, kind, field
  if (key.size() < kBefore + 16) return {};
  return {key.substr(kBefore, key.size() - kBefore - 16), IdAtEndOfKey(key)};
}

std::string ConflictPrefix(ScopeNumber scope) { return ScopedKey(Table::kConflicts, scope); }

std::string ConflictKey(ScopeNumber scope, const RecordId& id) {
  return ConflictPrefix(scope).append(id.view());
}

std::string IndexedPrefix() { return TableKey(Table::kIndexed); }
std::string IndexedKey(std::string_view kind) { return IndexedPrefix().append(kind); }
std::string_view KindOfIndexedKey(std::string_view key) { return key.substr(1); }

RecordId IdAtEndOfKey(std::string_view key) {
  return key.size() < 16 ? RecordId{} : RecordId::FromBytes(key.substr(key.size() - 16));
}

}  // namespace trellis
