#include "common/tables/record_table.h"

#include "common/causal/bytes.h"
#include "common/tables/fixed_bytes.h"
#include "common/tables/key_codec.h"
#include "common/tables/state_codec.h"

namespace trellis {
namespace {

constexpr uint8_t kLaneMask = 7;
constexpr uint8_t kGeneralForm = 8;
constexpr int kOriginShift = 4;
constexpr uint8_t kHasDelta = 64;
constexpr uint8_t kHasVouchers = 128;

enum OriginForm : uint8_t { kSelf = 0, kOfWriter = 1, kGiven = 2 };

OriginForm FormOf(const Origin& origin, const Sibling* fresh) {
  if (origin.epoch == 0) return kSelf;
  return fresh != nullptr && fresh->dot.writer == origin.epoch ? kOfWriter : kGiven;
}

void AppendLocalDelta(std::string* out, const StoredRecord::LocalDelta& delta) {
  AppendContext(out, delta.base);
  AppendVarint(out, delta.base_seq);
  AppendFixed64(out, delta.base_origin.epoch);
  AppendVarint(out, delta.base_origin.seq);
  AppendVarint(out, delta.changed.size());
  for (const CellKey& key : delta.changed) AppendCellKey(out, key);
}

StoredRecord::LocalDelta ReadLocalDelta(ByteReader* reader) {
  StoredRecord::LocalDelta delta;
  delta.base = ReadContext(reader);
  delta.base_seq = reader->Varint();
  delta.base_origin.epoch = ReadFixed64(reader);
  delta.base_origin.seq = reader->Varint();
  const uint64_t changed = reader->Varint();
  for (uint64_t i = 0; i < changed && reader->ok(); ++i) delta.changed.push_back(ReadCellKey(reader));
  return delta;
}

void ReadFresh(ByteReader* reader, StoredRecord* record) {
  Sibling write;
  write.dot.writer = ReadFixed64(reader);
  write.dot.n = reader->Varint();
  ReadStamps(reader, &write.raw, &write.effective);
  write.actor = std::string(reader->Sized());
  record->state.context = Context(write.dot);
  record->state.cells = ReadFreshCells(reader, write);
}

}  // namespace

std::string RecordPrefix(ScopeNumber scope) {
  std::string key = TableKey(Table::kRecords);
  key.reserve(21);
  AppendBig32(&key, scope);
  return key;
}

std::string RecordKey(ScopeNumber scope, const RecordId& id) { return RecordPrefix(scope).append(id.view()); }

RecordId RecordIdOfKey(std::string_view key) {
  KeyReader reader(key);
  reader.Skip(5);
  return reader.Id();
}

std::string EncodeRecordRow(const StoredRecord& record, KindNumber kind) {
  const Sibling* fresh = FreshWrite(record.state);
  const OriginForm origin = FormOf(record.origin, fresh);
  uint8_t flags = static_cast<uint8_t>(record.lane) & kLaneMask;
  if (fresh == nullptr) flags |= kGeneralForm;
  flags |= static_cast<uint8_t>(origin << kOriginShift);
  if (record.delta.has_value()) flags |= kHasDelta;
  if (!record.vouchers.empty()) flags |= kHasVouchers;

  std::string row;
  row.reserve(128);
  row.push_back(static_cast<char>(flags));
  AppendVarint(&row, record.seq);
  if (origin == kGiven) AppendFixed64(&row, record.origin.epoch);
  if (origin != kSelf) AppendVarint(&row, record.origin.seq);
  AppendVarint(&row, kind);
  if (fresh != nullptr) {
    AppendFixed64(&row, fresh->dot.writer);
    AppendVarint(&row, fresh->dot.n);
    AppendStamps(&row, fresh->raw, fresh->effective);
    AppendSized(&row, fresh->actor);
    AppendFreshCells(&row, record.state.cells);
  } else {
    AppendContext(&row, record.state.context);
    AppendCells(&row, record.state.cells, record.state.context);
  }
  if (record.delta.has_value()) AppendLocalDelta(&row, *record.delta);
  if (!record.vouchers.empty()) AppendVouchers(&row, record.vouchers, record.state.context);
  return row;
}

std::optional<DecodedRecord> DecodeRecordRow(std::string_view row) {
  ByteReader reader(row);
  const std::string_view first = reader.Take(1);
  if (!reader.ok()) return std::nullopt;
  const auto flags = static_cast<uint8_t>(first[0]);
  const int origin = flags >> kOriginShift & 3;
  if ((flags & kLaneMask) >= kLaneCount || origin > kGiven) return std::nullopt;

  DecodedRecord decoded;
  StoredRecord& record = decoded.record;
  record.lane = static_cast<Lane>(flags & kLaneMask);
  record.seq = reader.Varint();
  if (origin == kGiven) record.origin.epoch = ReadFixed64(&reader);
  if (origin != kSelf) record.origin.seq = reader.Varint();
  decoded.kind = static_cast<KindNumber>(reader.Varint());
  if ((flags & kGeneralForm) != 0) {
    record.state.context = ReadContext(&reader);
    record.state.cells = ReadCells(&reader, record.state.context);
  } else {
    ReadFresh(&reader, &record);
    if (origin == kOfWriter && !record.state.context.empty()) {
      record.origin.epoch = record.state.context.entries().front().writer;
    }
  }
  if ((flags & kHasDelta) != 0) record.delta = ReadLocalDelta(&reader);
  if ((flags & kHasVouchers) != 0) record.vouchers = ReadVouchers(&reader, record.state.context);
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return decoded;
}

}  // namespace trellis
