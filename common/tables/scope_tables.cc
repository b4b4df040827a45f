#include "common/tables/scope_tables.h"

#include "common/causal/bytes.h"
#include "common/tables/fixed_bytes.h"
#include "common/tables/key_codec.h"

namespace trellis {
namespace {

std::string ScopedKey(Table table, ScopeNumber scope) {
  std::string key = TableKey(table);
  AppendBig32(&key, scope);
  return key;
}

}  // namespace

std::string ScopeNamePrefix() { return TableKey(Table::kScopes); }
std::string ScopeNameKey(std::string_view name) { return ScopeNamePrefix().append(name); }
std::string_view ScopeNameOfKey(std::string_view key) { return key.substr(1); }

std::string EncodeNumber(uint64_t number) {
  std::string row;
  AppendVarint(&row, number);
  return row;
}

std::optional<uint64_t> DecodeNumber(std::string_view row) {
  ByteReader reader(row);
  const uint64_t number = reader.Varint();
  return reader.ok() && reader.AtEnd() ? std::optional(number) : std::nullopt;
}

std::string HeadKey(ScopeNumber scope) { return ScopedKey(Table::kHeads, scope); }

std::string EncodeHeadRow(const HeadRow& head) {
  std::string row;
  AppendVarint(&row, head.seq);
  AppendVarint(&row, head.records);
  row += head.digest.ToBytes();
  AppendVarint(&row, head.sent);
  AppendVarint(&row, head.set_aside);
  AppendVarint(&row, head.lineage_rows);
  return row;
}

std::optional<HeadRow> DecodeHeadRow(std::string_view row) {
  ByteReader reader(row);
  HeadRow head;
  head.seq = reader.Varint();
  head.records = reader.Varint();
  head.digest = ReadHash(&reader);
  head.sent = reader.Varint();
  head.set_aside = reader.Varint();
  head.lineage_rows = static_cast<uint32_t>(reader.Varint());
  return reader.ok() && reader.AtEnd() ? std::optional(head) : std::nullopt;
}

std::string LineagePrefix(ScopeNumber scope) { return ScopedKey(Table::kLineage, scope); }

uint32_t RowOfLineageKey(std::string_view key) {
  KeyReader reader(key);
  reader.Skip(1 + sizeof(ScopeNumber));
  return reader.Big32();
}

std::string LineageKey(ScopeNumber scope, uint32_t row) {
  std::string key = LineagePrefix(scope);
  AppendBig32(&key, row);
  return key;
}

std::string EncodeLineageRow(const LineageRow& lineage_row) {
  std::string row;
  AppendFixed64(&row, lineage_row.epoch);
  AppendVarint(&row, lineage_row.first_seq);
  return row;
}

std::optional<LineageRow> DecodeLineageRow(std::string_view row) {
  ByteReader reader(row);
  LineageRow lineage_row;
  lineage_row.epoch = ReadFixed64(&reader);
  lineage_row.first_seq = reader.Varint();
  return reader.ok() && reader.AtEnd() ? std::optional(lineage_row) : std::nullopt;
}

uint8_t BucketOf(const RecordId& id) {
  // FNV-1a over the id: spreads ids whose leading bytes are a time.
  uint64_t hash = 0xcbf29ce484222325u;
  for (const uint8_t byte : id.bytes) hash = (hash ^ byte) * 0x100000001b3u;
  return static_cast<uint8_t>(hash >> 56 ^ hash >> 32 ^ hash);
}

std::string LeafPrefix(ScopeNumber scope) { return ScopedKey(Table::kLeaves, scope); }

std::string LeafKey(ScopeNumber scope, uint8_t bucket) {
  std::string key = LeafPrefix(scope);
  key.push_back(static_cast<char>(bucket));
  return key;
}

uint8_t BucketOfKey(std::string_view key) { return static_cast<uint8_t>(key.back()); }

std::string EncodeLeafRow(const LeafRow& leaf) {
  std::string row;
  AppendVarint(&row, leaf.records);
  return row + leaf.digest.ToBytes();
}

std::optional<LeafRow> DecodeLeafRow(std::string_view row) {
  ByteReader reader(row);
  LeafRow leaf;
  leaf.records = reader.Varint();
  leaf.digest = ReadHash(&reader);
  return reader.ok() && reader.AtEnd() ? std::optional(leaf) : std::nullopt;
}

}  // namespace trellis
