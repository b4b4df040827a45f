#include "common/tables/set_aside_table.h"

#include "common/causal/bytes.h"
#include "common/tables/fixed_bytes.h"
#include "common/tables/key_codec.h"
#include "common/tables/state_codec.h"

namespace trellis {
namespace {

// A malformed item may hold values its own context does not cover; their writers are kept all the same.
Context WithEveryWriter(const Delta& delta) {
  Context context = delta.context;
  for (const Cell& cell : delta.cells) {
    for (const Sibling& sibling : cell.siblings) {
      if (context.Get(sibling.dot.writer) == 0) context.Raise({sibling.dot.writer, 1});
    }
  }
  return context;
}

}  // namespace

std::string SetAsideScopePrefix(ScopeNumber scope) {
  std::string key = TableKey(Table::kSetAside);
  AppendBig32(&key, scope);
  return key;
}

std::string SetAsidePrefix(ScopeNumber scope, const RecordId& id) {
  return SetAsideScopePrefix(scope).append(id.view());
}

std::string SetAsideKey(ScopeNumber scope, const RecordId& id, std::string_view row) {
  std::string key = SetAsidePrefix(scope, id);
  AppendBig64(&key, KeyedHash(HashKey{}, row).low);
  return key;
}

RecordId SetAsideIdOfKey(std::string_view key) {
  KeyReader reader(key);
  reader.Skip(5);
  return reader.Id();
}

std::string EncodeSetAsideRow(const SetAsideItem& item) {
  std::string row;
  AppendSized(&row, item.peer);
  AppendSized(&row, item.reason);
  row.push_back(static_cast<char>(static_cast<uint8_t>(item.cause) << 1 | (item.held ? 1 : 0)));
  AppendSized(&row, item.delta.kind);
  row.push_back(item.delta.whole ? 1 : 0);
  AppendContext(&row, item.delta.base);
  AppendContext(&row, item.delta.context);
  const Context writers = WithEveryWriter(item.delta);
  AppendContext(&row, writers);
  AppendCells(&row, item.delta.cells, writers);
  row += item.delta.version.ToBytes();
  AppendVouchers(&row, item.delta.vouchers, item.delta.context);
  AppendSized(&row, item.frame);
  return row;
}

std::optional<SetAsideItem> DecodeSetAsideRow(const RecordId& id, std::string_view row) {
  ByteReader reader(row);
  SetAsideItem item;
  item.peer = std::string(reader.Sized());
  item.reason = std::string(reader.Sized());
  const std::string_view how = reader.Take(1);
  if (!reader.ok()) return std::nullopt;
  item.held = (how[0] & 1) != 0;
  item.cause = static_cast<SetAsideCause>(static_cast<uint8_t>(how[0]) >> 1);
  item.delta.id = id;
  item.delta.kind = std::string(reader.Sized());
  item.delta.whole = reader.Take(1) != std::string_view("\0", 1);
  item.delta.base = ReadContext(&reader);
  item.delta.context = ReadContext(&reader);
  const Context writers = ReadContext(&reader);
  item.delta.cells = ReadCells(&reader, writers);
  item.delta.version = ReadHash(&reader);
  item.delta.vouchers = ReadVouchers(&reader, item.delta.context);
  item.frame = std::string(reader.Sized());
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return item;
}

}  // namespace trellis
