#include "common/tables/state_codec.h"

#include <algorithm>

#include "common/tables/fixed_bytes.h"

namespace trellis {
namespace {

constexpr uint64_t kHasField = 1;
constexpr uint64_t kHasElement = 2;

// The field number in the bytes' first tag; 0 if there is none.
uint64_t TaggedField(std::string_view bytes) {
  ByteReader reader(bytes);
  const uint64_t tag = reader.Varint();
  return reader.ok() ? tag >> 3 : 0;
}

uint64_t WriterIndex(const Context& context, Writer writer) {
  const auto& entries = context.entries();
  const auto it = std::lower_bound(entries.begin(), entries.end(), writer,
                                   [](const Context::Entry& entry, Writer w) { return entry.writer < w; });
  return static_cast<uint64_t>(it - entries.begin());
}

void AppendSibling(std::string* out, const Sibling& sibling, const Context& context) {
  AppendVarint(out, WriterIndex(context, sibling.dot.writer));
  AppendVarint(out, sibling.dot.n);
  AppendStamps(out, sibling.raw, sibling.effective);
  AppendSized(out, sibling.actor);
  AppendSized(out, sibling.bytes);
}

Sibling ReadSibling(ByteReader* reader, const Context& context) {
  Sibling sibling;
  const uint64_t index = reader->Varint();
  // Out of the context: writer 0, which no state holds; the row's reader finds the state malformed.
  if (index < context.entries().size()) sibling.dot.writer = context.entries()[index].writer;
  sibling.dot.n = reader->Varint();
  ReadStamps(reader, &sibling.raw, &sibling.effective);
  sibling.actor = std::string(reader->Sized());
  sibling.bytes = std::string(reader->Sized());
  return sibling;
}

}  // namespace

void AppendStamps(std::string* out, const Stamp& raw, const Stamp& effective) {
  const bool differs = raw != effective;
  AppendZigzag(out, raw.ms);
  AppendVarint(out, static_cast<uint64_t>(raw.counter) << 1 | (differs ? 1 : 0));
  if (!differs) return;
  AppendZigzag(out, effective.ms);
  AppendVarint(out, effective.counter);
}

void ReadStamps(ByteReader* reader, Stamp* raw, Stamp* effective) {
  raw->ms = reader->Zigzag();
  const uint64_t counter = reader->Varint();
  raw->counter = static_cast<uint32_t>(counter >> 1);
  *effective = *raw;
  if ((counter & 1) == 0) return;
  effective->ms = reader->Zigzag();
  effective->counter = static_cast<uint32_t>(reader->Varint());
}

void AppendFreshCells(std::string* out, const std::vector<Cell>& cells) {
  AppendVarint(out, cells.size());
  for (const Cell& cell : cells) {
    const std::string& bytes = cell.siblings.front().bytes;
    const uint64_t has_field = TaggedField(bytes) == cell.key.field ? 0 : kHasField;
    const uint64_t has_element = cell.key.element.empty() ? 0 : kHasElement;
    AppendVarint(out, static_cast<uint64_t>(bytes.size()) << 2 | has_element | has_field);
    if (has_field != 0) AppendVarint(out, cell.key.field);
    if (has_element != 0) AppendSized(out, cell.key.element);
    out->append(bytes);
  }
}

std::vector<Cell> ReadFreshCells(ByteReader* reader, const Sibling& write) {
  const uint64_t count = reader->Varint();
  std::vector<Cell> cells;
  cells.reserve(std::min<uint64_t>(count, reader->remaining()));
  for (uint64_t i = 0; i < count && reader->ok(); ++i) {
    const uint64_t header = reader->Varint();
    Cell& cell = cells.emplace_back();
    if ((header & kHasField) != 0) cell.key.field = static_cast<uint32_t>(reader->Varint());
    if ((header & kHasElement) != 0) cell.key.element = std::string(reader->Sized());
    const std::string_view bytes = reader->Take(header >> 2);
    if ((header & kHasField) == 0) cell.key.field = static_cast<uint32_t>(TaggedField(bytes));
    Sibling& sibling = cell.siblings.emplace_back();
    sibling.dot = write.dot;
    sibling.raw = write.raw;
    sibling.effective = write.effective;
    sibling.actor = write.actor;
    sibling.bytes = std::string(bytes);
  }
  return cells;
}

void AppendCellKey(std::string* out, const CellKey& key) {
  AppendVarint(out, key.field);
  AppendSized(out, key.element);
}

CellKey ReadCellKey(ByteReader* reader) {
  CellKey key;
  key.field = static_cast<uint32_t>(reader->Varint());
  key.element = std::string(reader->Sized());
  return key;
}

void AppendCells(std::string* out, const std::vector<Cell>& cells, const Context& context) {
  AppendVarint(out, cells.size());
  for (const Cell& cell : cells) {
    AppendCellKey(out, cell.key);
    AppendVarint(out, cell.siblings.size());
    for (const Sibling& sibling : cell.siblings) AppendSibling(out, sibling, context);
  }
}

void AppendVouchers(std::string* out, const std::vector<Voucher>& vouchers, const Context& context) {
  AppendVarint(out, vouchers.size());
  for (const Voucher& voucher : vouchers) {
    const bool own_context = voucher.context != context;
    AppendVarint(out, static_cast<uint64_t>(voucher.gone.size()) << 1 | (own_context ? 1 : 0));
    if (own_context) AppendContext(out, voucher.context);
    for (const Hash128& digest : voucher.gone) out->append(digest.ToBytes());
    out->append(voucher.mac.ToBytes());
  }
}

std::vector<Voucher> ReadVouchers(ByteReader* reader, const Context& context) {
  const uint64_t count = reader->Varint();
  std::vector<Voucher> vouchers;
  for (uint64_t i = 0; i < count && reader->ok(); ++i) {
    Voucher& voucher = vouchers.emplace_back();
    const uint64_t header = reader->Varint();
    voucher.context = (header & 1) != 0 ? ReadContext(reader) : context;
    for (uint64_t j = 0; j < header >> 1 && reader->ok(); ++j) voucher.gone.push_back(ReadHash(reader));
    voucher.mac = ReadHash(reader);
  }
  return vouchers;
}

std::vector<Cell> ReadCells(ByteReader* reader, const Context& context) {
  const uint64_t count = reader->Varint();
  std::vector<Cell> cells;
  cells.reserve(std::min<uint64_t>(count, reader->remaining()));
  for (uint64_t i = 0; i < count && reader->ok(); ++i) {
    Cell& cell = cells.emplace_back();
    cell.key = ReadCellKey(reader);
    const uint64_t siblings = reader->Varint();
    for (uint64_t j = 0; j < siblings && reader->ok(); ++j) {
      cell.siblings.push_back(ReadSibling(reader, context));
    }
  }
  return cells;
}

}  // namespace trellis
