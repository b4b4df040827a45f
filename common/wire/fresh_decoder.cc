#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "common/record/message_cells.h"
#include "common/wire/fresh_run.h"
#include "common/wire/number_column.h"
#include "common/wire/timed_id.h"

namespace trellis {
namespace {

constexpr size_t kRawIdBytes = 16;
constexpr size_t kMacBytes = 16;
// An actor of this length costs no more than the cell it stands in, and cells are counted.
constexpr size_t kActorInCell = 64;

// Counters are 32 bits wide; what does not fit is refused.
bool CounterOf(uint64_t value, uint32_t* counter) {
  *counter = static_cast<uint32_t>(value);
  return value <= std::numeric_limits<uint32_t>::max();
}

}  // namespace

bool FreshRunDecoder::ReadWrites(size_t count, FrameReader* in) {
  std::array<std::vector<uint64_t>, 7> columns;
  for (std::vector<uint64_t>& column : columns) {
    if (!DecodeNumbers(count, in, &column)) return false;
  }
  const auto& [writers, ns, raw_ms, raw_counters, later_ms, later_counters, actors] = columns;
  writes_.resize(count);
  raw_ms_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    Write& write = writes_[i];
    if (!tables_.WriterAt(writers[i], in, &write.dot.writer)) return false;
    write.dot.n = ns[i];
    const uint64_t raw = raw_ms[i] + kStampBase;
    raw_ms_[i] = write.raw.ms = static_cast<int64_t>(raw);
    write.effective.ms = static_cast<int64_t>(raw + UnZigzag(later_ms[i]));
    if (!CounterOf(raw_counters[i], &write.raw.counter) ||
        !CounterOf(raw_counters[i] + UnZigzag(later_counters[i]), &write.effective.counter)) {
      return in->Fail("a counter too large");
    }
    if (write.dot.n == 0 || write.dot.writer == 0) return in->Fail("a write of no number");
    if (!tables_.ActorAt(actors[i], in, &write.actor)) return false;
  }
  return true;
}

bool FreshRunDecoder::ReadIdRun(uint64_t form, size_t begin, size_t count, FrameReader* in) {
  constexpr uint64_t kVouched = 4;
  const bool vouched = (form & kVouched) != 0;
  form &= ~kVouched;
  if (form > 2) return in->Fail("ids in an unknown form");
  const size_t size = form == 1 ? kTimedIdBytes : kRawIdBytes;
  for (size_t i = begin; i < begin + count; ++i) {
    const Write& write = writes_[i];
    RecordId& id = ids_.emplace_back();
    if (form == 0) {
      id = DeriveRecordId(options_.district_key, options_.scope, write.dot.writer, write.dot.n, write.raw.ms);
    } else {
      const std::string_view bytes = in->d.Take(size);
      if (!in->StreamsOk()) return false;
      if (form == 2) id = RecordId::FromBytes(bytes);
      if (form == 1 && !TimedIdOf(bytes, write.raw.ms, &id)) return in->Fail("an id not of its form");
    }
    std::optional<Hash128>& mac = macs_.emplace_back();
    if (!vouched) continue;
    const std::string_view bytes = in->d.Take(kMacBytes);
    if (!in->StreamsOk()) return false;
    mac = Hash128::FromBytes(bytes);
  }
  return true;
}

bool FreshRunDecoder::ReadIds(FrameReader* in) {
  ids_.reserve(writes_.size());
  macs_.reserve(writes_.size());
  while (ids_.size() < writes_.size()) {
    const uint64_t form = in->a.Varint();
    const uint64_t count = in->a.Varint();
    if (!in->StreamsOk()) return false;
    if (count == 0 || count > writes_.size() - ids_.size())
      return in->Fail("ids of more records than there are");
    if (!ReadIdRun(form, ids_.size(), count, in)) return false;
  }
  return true;
}

bool FreshRunDecoder::ReadNodes(FrameReader* in) {
  kinds_.resize(tables_.kinds());
  size_t used = 0;
  for (size_t row = 0; row < kind_of_row_.size(); ++row) {
    const uint64_t kind = kind_of_row_[row];
    if (kind >= kinds_.size()) return in->Fail("a kind beyond the table");
    if (kinds_[kind] == nullptr) {
      if (++used > kMaxColumnKinds) return in->Fail("too many kinds");
      kinds_[kind] = std::make_unique<KindRows>();
    }
    kinds_[kind]->rows.push_back(static_cast<uint32_t>(row));
  }
  for (const auto& kind : kinds_) {
    if (kind == nullptr) continue;
    if (!kind->sets.Read(in) || !kind->node.Read(kind->rows, raw_ms_, 0, in)) return false;
  }
  return true;
}

bool FreshRunDecoder::AddCell(const Write& write, CellKey key, std::string bytes, FrameReader* in,
                              std::vector<Cell>* cells) {
  const size_t actor = write.actor.size() > kActorInCell ? write.actor.size() : 0;
  if (!in->TakeCells(1) || !in->TakeRebuilt(actor + key.element.size())) return false;
  if (!cells->empty() && !(cells->back().key < key)) return in->Fail("cells out of order");
  Cell& cell = cells->emplace_back();
  cell.key = std::move(key);
  cell.siblings.push_back(
      {write.dot, write.raw, write.effective, std::string(write.actor), std::move(bytes)});
  return true;
}

bool FreshRunDecoder::BuildCells(uint32_t row, KindRows* kind, FrameReader* in, std::vector<Cell>* cells) {
  const Write& write = writes_[row];
  const NodeShape& shape = kind->node.NextRow();
  cells->reserve(shape.tags.size());
  for (size_t i = 0; i < shape.tags.size();) {
    const uint32_t field = shape.tags[i] >> 3;
    const SetKey* set = kind->sets.Find(field);
    std::string bytes;
    for (; i < shape.tags.size() && shape.tags[i] >> 3 == field; ++i) {
      for (uint64_t left = kind->node.NextCount(shape.columns[i]); left > 0; --left) {
        if (!kind->node.AppendOccurrence(shape.columns[i], in, &bytes)) return false;
        if (set == nullptr) continue;
        WireReader reader(bytes);
        WireField element;
        if (!reader.Next(&element)) return in->Fail("an element that is none");
        std::string key = ElementKey(element, set->key_subfield);
        if (!AddCell(write, {field, std::move(key)}, std::exchange(bytes, {}), in, cells)) return false;
      }
    }
    if (set == nullptr && !AddCell(write, {field, {}}, std::move(bytes), in, cells)) return false;
  }
  return !cells->empty() || in->Fail("a record of no cells");
}

bool FreshRunDecoder::Decode(size_t count, FrameReader* in, std::vector<Delta>* records) {
  if (count == 0) return true;
  if (!DecodeNumbers(count, in, &kind_of_row_) || !ReadWrites(count, in) || !ReadIds(in) || !ReadNodes(in)) {
    return false;
  }
  for (uint32_t row = 0; row < count; ++row) {
    Delta& record = records->emplace_back();
    record.id = ids_[row];
    record.whole = true;
    RecordState state;
    std::string_view kind;
    if (!tables_.KindAt(kind_of_row_[row], in, &kind)) return false;
    if (!in->TakeRebuilt(kind.size()) ||
        !BuildCells(row, kinds_[kind_of_row_[row]].get(), in, &state.cells)) {
      return false;
    }
    state.kind = kind;
    state.context = Context(writes_[row].dot);
    record.version = VersionHash(options_.district_key, record.id, state);
    record.kind = std::move(state.kind);
    record.context = std::move(state.context);
    record.cells = std::move(state.cells);
    if (macs_[row].has_value()) record.vouchers.push_back({record.context, {}, *macs_[row]});
  }
  return true;
}

}  // namespace trellis
