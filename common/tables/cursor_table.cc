#include "common/tables/cursor_table.h"

#include "common/causal/bytes.h"
#include "common/tables/key_codec.h"
#include "common/time/planted.h"

namespace trellis {

std::string CursorTablePrefix() { return TableKey(Table::kCursors); }

std::string CursorPrefix(std::string_view peer, ScopeNumber scope) {
  std::string key = CursorTablePrefix();
  AppendOrdered(&key, peer);
  AppendBig32(&key, Planted(Fault::kOneCursorOverScopes) ? 1 : scope);
  return key;
}

std::string CursorKey(std::string_view peer, ScopeNumber scope, Epoch epoch) {
  std::string key = CursorPrefix(peer, scope);
  AppendBig64(&key, epoch);
  return key;
}

Epoch CursorEpochOfKey(std::string_view key) {
  KeyReader reader(key.substr(key.size() < 8 ? 0 : key.size() - 8));
  return reader.Big64();
}

std::string EncodeCursorRow(const CursorRow& row) {
  std::string bytes;
  AppendVarint(&bytes, row.ordinal);
  AppendVarint(&bytes, row.seen);
  uint8_t present = 0;
  for (int lane = 0; lane < kLaneCount; ++lane) {
    if (row.lanes[lane].has_value()) present |= static_cast<uint8_t>(1 << lane);
  }
  bytes.push_back(static_cast<char>(present));
  for (const std::optional<uint64_t>& seq : row.lanes) {
    if (seq.has_value()) AppendVarint(&bytes, *seq);
  }
  return bytes;
}

std::optional<CursorRow> DecodeCursorRow(std::string_view bytes) {
  ByteReader reader(bytes);
  CursorRow row;
  row.ordinal = reader.Varint();
  row.seen = reader.Varint();
  const std::string_view present = reader.Take(1);
  if (!reader.ok()) return std::nullopt;
  for (int lane = 0; lane < kLaneCount; ++lane) {
    if ((static_cast<uint8_t>(present[0]) >> lane & 1) != 0) row.lanes[lane] = reader.Varint();
  }
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return row;
}

}  // namespace trellis
