#include <limits>

#include "common/record/wire_reader.h"
#include "common/wire/state_run.h"
#include "trellis/sync/v1/state_item.pb.h"

namespace trellis {
namespace {

namespace pb = trellis::sync::v1;

constexpr size_t kIdBytes = 16;
constexpr size_t kVersionBytes = 16;

// Takes from the budget what parsing the item will allocate: the messages in it are counted first, because
// two bytes make one.
bool TakeMessages(std::string_view bytes, size_t depth, FrameReader* in) {
  constexpr size_t kDepth = 2;  // cells in an item, siblings in a cell
  WireReader reader(bytes);
  WireField field;
  while (reader.Next(&field)) {
    if (field.type != WireType::kSized) continue;
    const uint32_t number = field.number;
    const bool cell = depth == 0 && number == pb::StateItem::kCellsFieldNumber;
    const bool sibling = depth == 1 && number == pb::StateCell::kSiblingsFieldNumber;
    const bool entry = depth == 0 && (number == pb::StateItem::kBaseFieldNumber ||
                                      number == pb::StateItem::kContextFieldNumber);
    // A voucher has nothing in it that is smaller than its own two bytes.
    const bool voucher = depth == 0 && number == pb::StateItem::kVouchersFieldNumber;
    if (!cell && !sibling && !entry && !voucher) continue;
    if (!in->TakeCells(voucher ? 1 + field.payload.size() / 2 : 1)) return false;
    if (cell && depth + 1 < kDepth && !TakeMessages(field.payload, depth + 1, in)) return false;
  }
  return reader.ok() || in->Fail("a state that is no protobuf message");
}

bool ReadContext(const google::protobuf::RepeatedPtrField<pb::ContextEntry>& entries,
                 const FrameTableReader& tables, FrameReader* in, Context* context) {
  for (const pb::ContextEntry& entry : entries) {
    Dot dot{0, entry.n()};
    if (!tables.WriterAt(entry.writer(), in, &dot.writer)) return false;
    const bool in_order = context->empty() || context->entries().back().writer < dot.writer;
    if (!in_order || dot.n == 0) return in->Fail("a context out of order");
    context->Raise(dot);
  }
  return true;
}

bool ReadSibling(const pb::StateSibling& proto, const FrameTableReader& tables, FrameReader* in,
                 Sibling* sibling) {
  if (!tables.WriterAt(proto.writer(), in, &sibling->dot.writer)) return false;
  sibling->dot.n = proto.n();
  sibling->raw = {proto.raw_ms(), proto.raw_counter()};
  sibling->effective.ms = static_cast<int64_t>(static_cast<uint64_t>(proto.raw_ms()) +
                                               static_cast<uint64_t>(proto.effective_ms_offset()));
  const uint64_t counter =
      uint64_t{proto.raw_counter()} + static_cast<uint64_t>(proto.effective_counter_offset());
  if (counter > std::numeric_limits<uint32_t>::max()) return in->Fail("a counter too large");
  sibling->effective.counter = static_cast<uint32_t>(counter);
  std::string_view actor;
  if (!tables.ActorAt(proto.actor(), in, &actor)) return false;
  if (!in->TakeRebuilt(actor.size() + proto.bytes().size())) return false;
  sibling->actor = actor;
  sibling->bytes = proto.bytes();
  return true;
}

bool ReadCells(const pb::StateItem& item, const FrameTableReader& tables, FrameReader* in,
               std::vector<Cell>* cells) {
  cells->reserve(item.cells_size());
  for (const pb::StateCell& proto : item.cells()) {
    Cell& cell = cells->emplace_back();
    if (!in->TakeRebuilt(proto.element().size())) return false;
    cell.key = {proto.field(), proto.element()};
    cell.siblings.reserve(proto.siblings_size());
    for (const pb::StateSibling& sibling : proto.siblings()) {
      if (!ReadSibling(sibling, tables, in, &cell.siblings.emplace_back())) return false;
    }
  }
  return true;
}

bool ReadVouchers(const pb::StateItem& item, const FrameTableReader& tables, FrameReader* in, Delta* record) {
  for (const pb::StateVoucher& proto : item.vouchers()) {
    Voucher& voucher = record->vouchers.emplace_back();
    if (!ReadContext(proto.context(), tables, in, &voucher.context)) return false;
    if (proto.context().empty()) voucher.context = record->context;
    if (proto.mac().size() != kVersionBytes) return in->Fail("a voucher of another length");
    voucher.mac = Hash128::FromBytes(proto.mac());
    for (const std::string& digest : proto.gone()) {
      if (digest.size() != kVersionBytes) return in->Fail("a voucher of another length");
      voucher.gone.push_back(Hash128::FromBytes(digest));
    }
  }
  return true;
}

}  // namespace

bool StateRunDecoder::DecodeItem(FrameReader* in, Delta* record) {
  const std::string_view bytes = in->c.Take(in->a.Varint());
  const std::string_view id = in->d.Take(kIdBytes);
  if (!in->StreamsOk() || !TakeMessages(bytes, 0, in)) return false;
  pb::StateItem item;
  if (!item.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return in->Fail("a state that is no protobuf message");
  }
  std::string_view kind;
  if (!tables_.KindAt(item.kind(), in, &kind) || !in->TakeRebuilt(kind.size())) return false;
  record->id = RecordId::FromBytes(id);
  record->whole = item.whole();
  if (!ReadContext(item.base(), tables_, in, &record->base) ||
      !ReadContext(item.context(), tables_, in, &record->context) ||
      !ReadCells(item, tables_, in, &record->cells) || !ReadVouchers(item, tables_, in, record)) {
    return false;
  }
  record->kind = kind;
  if (record->whole) {
    RecordState state{std::move(record->kind), std::move(record->context), std::move(record->cells)};
    record->version = VersionHash(options_.district_key, record->id, state);
    record->kind = std::move(state.kind);
    record->context = std::move(state.context);
    record->cells = std::move(state.cells);
    return true;
  }
  const std::string_view version = in->d.Take(kVersionBytes);
  if (!in->StreamsOk()) return false;
  record->version = Hash128::FromBytes(version);
  return true;
}

bool StateRunDecoder::Decode(size_t count, FrameReader* in, std::vector<Delta>* records) {
  for (size_t i = 0; i < count; ++i) {
    if (!DecodeItem(in, &records->emplace_back())) return false;
  }
  return true;
}

}  // namespace trellis
