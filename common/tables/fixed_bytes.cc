#include "common/tables/fixed_bytes.h"

namespace trellis {

void AppendFixed64(std::string* out, uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out->push_back(static_cast<char>(value >> shift));
}

uint64_t ReadFixed64(ByteReader* reader) {
  const std::string_view bytes = reader->Take(8);
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

Hash128 ReadHash(ByteReader* reader) {
  const std::string_view bytes = reader->Take(16);
  return reader->ok() ? Hash128::FromBytes(bytes) : Hash128{};
}

RecordId ReadId(ByteReader* reader) {
  const std::string_view bytes = reader->Take(16);
  return reader->ok() ? RecordId::FromBytes(bytes) : RecordId{};
}

void AppendContext(std::string* out, const Context& context) {
  AppendVarint(out, context.entries().size());
  for (const Context::Entry& entry : context.entries()) {
    AppendFixed64(out, entry.writer);
    AppendVarint(out, entry.n);
  }
}

Context ReadContext(ByteReader* reader) {
  Context context;
  const uint64_t count = reader->Varint();
  for (uint64_t i = 0; i < count && reader->ok(); ++i) {
    const Writer writer = ReadFixed64(reader);
    context.Raise({writer, reader->Varint()});
  }
  return context;
}

}  // namespace trellis
