#include "common/tables/request_table.h"

#include "common/causal/bytes.h"
#include "common/tables/fixed_bytes.h"
#include "common/tables/key_codec.h"

namespace trellis {

std::string RequestKey(std::string_view request_id) { return TableKey(Table::kRequests).append(request_id); }

std::string EncodeRequestRow(const RequestRow& row) {
  std::string bytes;
  AppendVarint(&bytes, row.seq);
  AppendVarint(&bytes, row.records.size());
  for (const auto& [id, version] : row.records) {
    bytes += id.view();
    bytes += version.ToBytes();
  }
  return bytes;
}

std::optional<RequestRow> DecodeRequestRow(std::string_view bytes) {
  ByteReader reader(bytes);
  RequestRow row;
  row.seq = reader.Varint();
  const uint64_t count = reader.Varint();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    const RecordId id = ReadId(&reader);
    row.records.emplace_back(id, ReadHash(&reader));
  }
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return row;
}

std::string RequestRingPrefix() { return TableKey(Table::kRequestRing); }

std::string RequestRingKey(uint64_t ordinal) {
  std::string key = RequestRingPrefix();
  AppendBig64(&key, ordinal);
  return key;
}

uint64_t RequestOrdinalOfKey(std::string_view key) {
  KeyReader reader(key);
  reader.Skip(1);
  return reader.Big64();
}

}  // namespace trellis
