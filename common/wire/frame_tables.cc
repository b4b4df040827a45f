#include "common/wire/frame_tables.h"

#include <cstring>

namespace trellis {
namespace {

// The number of strings in A, the strings in `stream`.
void WriteStrings(const std::vector<std::string_view>& values, FrameStreams* out, std::string* stream) {
  AppendVarint(&out->a, values.size());
  for (const std::string_view value : values) AppendSized(stream, value);
}

bool ReadStrings(FrameReader* in, ByteReader* stream, std::vector<std::string_view>* values) {
  const uint64_t count = in->a.Varint();
  if (!in->StreamsOk() || !in->TakeValues(count)) return false;
  for (uint64_t i = 0; i < count; ++i) {
    values->push_back(stream->Sized());
    if (!in->StreamsOk()) return false;
  }
  return true;
}

bool At(const std::vector<std::string_view>& values, uint64_t index, FrameReader* in,
        std::string_view* value) {
  if (index >= values.size()) return in->Fail("an index beyond its table");
  *value = values[index];
  return true;
}

}  // namespace

uint64_t FrameTables::IndexOf(std::string_view value, std::vector<std::string_view>* values, Index* index) {
  if (!values->empty() && values->back() == value) return values->size() - 1;
  const auto [it, inserted] = index->try_emplace({value.data(), value.size()}, values->size());
  if (inserted) values->push_back(value);
  return it->second;
}

uint64_t FrameTables::WriterIndex(Writer writer) {
  if (writer == epoch_ && epoch_ != 0) return 0;
  const auto [it, inserted] = writer_index_.try_emplace(writer, writers_.size() + 1);
  if (inserted) writers_.push_back(writer);
  return it->second;
}

void FrameTables::Encode(FrameStreams* out) const {
  AppendVarint(&out->a, writers_.size());
  for (const Writer writer : writers_) out->d.append(reinterpret_cast<const char*>(&writer), 8);
  WriteStrings(kinds_, out, &out->a);
  WriteStrings(actors_, out, &out->c);
}

bool FrameTableReader::Read(Epoch epoch, FrameReader* in) {
  epoch_ = epoch;
  const uint64_t count = in->a.Varint();
  if (!in->StreamsOk()) return false;
  if (count > in->d.remaining() / 8) return in->Fail("a stream ends too early");
  for (uint64_t i = 0; i < count; ++i) {
    Writer writer = 0;
    std::memcpy(&writer, in->d.Take(8).data(), 8);
    writers_.push_back(writer);
  }
  return ReadStrings(in, &in->a, &kinds_) && ReadStrings(in, &in->c, &actors_);
}

bool FrameTableReader::WriterAt(uint64_t index, FrameReader* in, Writer* writer) const {
  if (index > writers_.size()) return in->Fail("a writer beyond the table");
  if (index == 0 && epoch_ == 0) return in->Fail("the writer of a session, and there is none");
  *writer = index == 0 ? epoch_ : writers_[index - 1];
  return true;
}

bool FrameTableReader::KindAt(uint64_t index, FrameReader* in, std::string_view* kind) const {
  return At(kinds_, index, in, kind);
}

bool FrameTableReader::ActorAt(uint64_t index, FrameReader* in, std::string_view* actor) const {
  return At(actors_, index, in, actor);
}

}  // namespace trellis
