#include "common/tables/history_table.h"

#include "common/causal/bytes.h"
#include "common/tables/key_codec.h"
#include "common/tables/state_codec.h"

namespace trellis {

std::string HistoryPrefix(ScopeNumber scope, const RecordId& id) {
  std::string key = TableKey(Table::kHistory);
  AppendBig32(&key, scope);
  return key.append(id.view());
}

std::string HistoryKey(ScopeNumber scope, const RecordId& id, uint64_t seq) {
  std::string key = HistoryPrefix(scope, id);
  AppendBig64(&key, seq);
  return key;
}

std::string EncodeHistoryRow(const std::vector<HistoryEntry>& entries) {
  std::string row;
  AppendVarint(&row, entries.size());
  for (const HistoryEntry& entry : entries) {
    AppendSized(&row, entry.actor);
    AppendZigzag(&row, entry.at.ms);
    AppendVarint(&row, entry.at.counter);
    AppendCellKey(&row, entry.key);
    AppendSized(&row, entry.before);
    AppendSized(&row, entry.after);
  }
  return row;
}

std::optional<std::vector<HistoryEntry>> DecodeHistoryRow(std::string_view row) {
  ByteReader reader(row);
  const uint64_t count = reader.Varint();
  std::vector<HistoryEntry> entries;
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    HistoryEntry& entry = entries.emplace_back();
    entry.actor = std::string(reader.Sized());
    entry.at.ms = reader.Zigzag();
    entry.at.counter = static_cast<uint32_t>(reader.Varint());
    entry.key = ReadCellKey(&reader);
    entry.before = std::string(reader.Sized());
    entry.after = std::string(reader.Sized());
  }
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return entries;
}

}  // namespace trellis
