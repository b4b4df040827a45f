#include "tests/simulation/world/plain_codec.h"

#include <algorithm>

#include "common/causal/bytes.h"

namespace trellis::simulation {
namespace {

void AppendContext(std::string* out, const Context& context) {
  AppendVarint(out, context.entries().size());
  for (const Context::Entry& entry : context.entries()) {
    AppendVarint(out, entry.writer);
    AppendVarint(out, entry.n);
  }
}

Context ReadContext(ByteReader* reader) {
  Context context;
  const uint64_t count = reader->Varint();
  for (uint64_t i = 0; i < count && reader->ok(); ++i) {
    const Writer writer = reader->Varint();
    context.Raise({writer, reader->Varint()});
  }
  return context;
}

void AppendStamp(std::string* out, const Stamp& stamp) {
  AppendZigzag(out, stamp.ms);
  AppendVarint(out, stamp.counter);
}

Stamp ReadStamp(ByteReader* reader) {
  const int64_t ms = reader->Zigzag();
  return {ms, static_cast<uint32_t>(reader->Varint())};
}

Hash128 ReadHash(ByteReader* reader) {
  const std::string_view bytes = reader->Take(16);
  return reader->ok() ? Hash128::FromBytes(bytes) : Hash128();
}

void AppendSibling(std::string* out, const Sibling& sibling) {
  AppendVarint(out, sibling.dot.writer);
  AppendVarint(out, sibling.dot.n);
  AppendStamp(out, sibling.raw);
  AppendStamp(out, sibling.effective);
  AppendSized(out, sibling.actor);
  AppendSized(out, sibling.bytes);
}

Sibling ReadSibling(ByteReader* reader) {
  Sibling sibling;
  sibling.dot.writer = reader->Varint();
  sibling.dot.n = reader->Varint();
  sibling.raw = ReadStamp(reader);
  sibling.effective = ReadStamp(reader);
  sibling.actor = reader->Sized();
  sibling.bytes = reader->Sized();
  return sibling;
}

void AppendDelta(std::string* out, const Delta& delta) {
  *out += delta.id.view();
  AppendSized(out, delta.kind);
  AppendVarint(out, delta.whole ? 1 : 0);
  AppendContext(out, delta.base);
  AppendContext(out, delta.context);
  *out += delta.version.ToBytes();
  AppendVarint(out, delta.cells.size());
  for (const Cell& cell : delta.cells) {
    AppendVarint(out, cell.key.field);
    AppendSized(out, cell.key.element);
    AppendVarint(out, cell.siblings.size());
    for (const Sibling& sibling : cell.siblings) AppendSibling(out, sibling);
  }
  AppendVarint(out, delta.vouchers.size());
  for (const Voucher& voucher : delta.vouchers) {
    AppendContext(out, voucher.context);
    AppendVarint(out, voucher.gone.size());
    for (const Hash128& digest : voucher.gone) *out += digest.ToBytes();
    *out += voucher.mac.ToBytes();
  }
}

Delta ReadDelta(ByteReader* reader) {
  Delta delta;
  const std::string_view id = reader->Take(16);
  if (reader->ok()) delta.id = RecordId::FromBytes(id);
  delta.kind = reader->Sized();
  delta.whole = reader->Varint() == 1;
  delta.base = ReadContext(reader);
  delta.context = ReadContext(reader);
  delta.version = ReadHash(reader);
  const uint64_t cells = reader->Varint();
  for (uint64_t i = 0; i < cells && reader->ok(); ++i) {
    Cell cell;
    cell.key.field = static_cast<uint32_t>(reader->Varint());
    cell.key.element = reader->Sized();
    const uint64_t siblings = reader->Varint();
    for (uint64_t j = 0; j < siblings && reader->ok(); ++j) cell.siblings.push_back(ReadSibling(reader));
    delta.cells.push_back(std::move(cell));
  }
  const uint64_t vouchers = reader->Varint();
  for (uint64_t i = 0; i < vouchers && reader->ok(); ++i) {
    Voucher& voucher = delta.vouchers.emplace_back();
    voucher.context = ReadContext(reader);
    const uint64_t gone = reader->Varint();
    for (uint64_t j = 0; j < gone && reader->ok(); ++j) voucher.gone.push_back(ReadHash(reader));
    voucher.mac = ReadHash(reader);
  }
  return delta;
}

}  // namespace

std::string PlainCodec::Encode(std::string_view scope, Epoch epoch, uint64_t dictionary,
                               const std::vector<Delta>& items) const {
  std::string body;
  AppendVarint(&body, items.size());
  for (const Delta& delta : items) AppendDelta(&body, delta);
  body.resize(std::max(body.size(), items.size() * bytes_per_record_));
  return body;
}

absl::StatusOr<std::vector<Delta>> PlainCodec::Decode(std::string_view scope, Epoch epoch,
                                                      uint64_t dictionary, std::string_view body) const {
  ByteReader reader(body);
  std::vector<Delta> items;
  const uint64_t count = reader.Varint();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) items.push_back(ReadDelta(&reader));
  if (!reader.ok()) return absl::InvalidArgumentError("the frame body is cut short");
  return items;
}

}  // namespace trellis::simulation
