#include "common/tables/key_codec.h"

namespace trellis {
namespace {

template <typename Unsigned>
void AppendBig(std::string* out, Unsigned value) {
  for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(value >> shift));
  }
}

uint64_t ReadBig(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

}  // namespace

void AppendBig16(std::string* out, uint16_t value) { AppendBig(out, value); }
void AppendBig32(std::string* out, uint32_t value) { AppendBig(out, value); }
void AppendBig64(std::string* out, uint64_t value) { AppendBig(out, value); }

void AppendOrdered(std::string* out, std::string_view bytes) {
  for (const char byte : bytes) {
    out->push_back(byte);
    if (byte == '\0') out->push_back('\xff');
  }
  out->push_back('\0');
  out->push_back('\x01');
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

std::string_view KeyReader::Take(size_t size) {
  if (!ok_ || key_.size() < size) {
    ok_ = false;
    return {};
  }
  const std::string_view taken = key_.substr(0, size);
  key_.remove_prefix(size);
  return taken;
}

uint8_t KeyReader::Byte() { return static_cast<uint8_t>(ReadBig(Take(1))); }
uint32_t KeyReader::Big32() { return static_cast<uint32_t>(ReadBig(Take(4))); }
uint64_t KeyReader::Big64() { return ReadBig(Take(8)); }

std::string KeyReader::Ordered() {
  std::string out;
  while (ok_) {
    const std::string_view byte = Take(1);
    if (!ok_) break;
    if (byte[0] != '\0') {
      out.push_back(byte[0]);
      continue;
    }
    const std::string_view mark = Take(1);
    if (ok_ && mark[0] == '\x01') return out;
    if (!ok_ || mark[0] != '\xff') break;
    out.push_back('\0');
  }
  ok_ = false;
  return {};
}

RecordId KeyReader::Id() {
  const std::string_view bytes = Take(16);
  return ok_ ? RecordId::FromBytes(bytes) : RecordId{};
}

}  // namespace trellis
