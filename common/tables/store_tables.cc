#include "common/tables/store_tables.h"

#include "common/causal/bytes.h"
#include "common/tables/fixed_bytes.h"
#include "common/tables/key_codec.h"

namespace trellis {

std::string StoreFormatKey() { return TableKey(Table::kStore) + "format"; }
std::string MigratingKey() { return TableKey(Table::kStore) + "migrating"; }
std::string DurableSeqKey() { return TableKey(Table::kStore) + "durable"; }

std::string EpochPrefix() { return TableKey(Table::kEpochs); }

std::string EpochKey(uint32_t opening) {
  std::string key = EpochPrefix();
  AppendBig32(&key, opening);
  return key;
}

uint32_t OpeningOfKey(std::string_view key) {
  KeyReader reader(key);
  reader.Skip(1);
  return reader.Big32();
}

std::string EncodeEpochRow(const EpochRow& row) {
  std::string bytes;
  AppendFixed64(&bytes, row.epoch);
  AppendZigzag(&bytes, row.opened_ms);
  return bytes;
}

std::optional<EpochRow> DecodeEpochRow(std::string_view bytes) {
  ByteReader reader(bytes);
  EpochRow row;
  row.epoch = ReadFixed64(&reader);
  row.opened_ms = reader.Zigzag();
  return reader.ok() && reader.AtEnd() ? std::optional(row) : std::nullopt;
}

std::string MetaKey(std::string_view name) { return TableKey(Table::kMeta).append(name); }

std::string WriterKey(Writer writer) {
  std::string key = TableKey(Table::kWriters);
  AppendBig64(&key, writer);
  return key;
}

std::string KindPrefix() { return TableKey(Table::kKinds); }
std::string KindKey(std::string_view name) { return KindPrefix().append(name); }
std::string_view KindOfKey(std::string_view key) { return key.substr(1); }

}  // namespace trellis
