#include "common/record/record_id.h"

#include <algorithm>
#include <cstring>

#include "common/record/hash.h"

namespace trellis {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsDashPosition(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::string RecordId::ToString() const {
  std::string out;
  out.reserve(36);
  for (const uint8_t byte : bytes) {
    if (IsDashPosition(out.size())) out.push_back('-');
    out.push_back(kHexDigits[byte >> 4]);
    out.push_back(kHexDigits[byte & 15]);
  }
  return out;
}

std::optional<RecordId> RecordId::Parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  RecordId id;
  size_t digit = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsDashPosition(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return std::nullopt;
    uint8_t& byte = id.bytes[digit / 2];
    byte = static_cast<uint8_t>(digit % 2 == 0 ? value << 4 : byte | value);
    ++digit;
  }
  return id;
}

RecordId RecordId::FromBytes(std::string_view bytes) {
  RecordId id;
  std::memcpy(id.bytes.data(), bytes.data(), id.bytes.size());
  return id;
}

RecordId DeriveRecordId(const HashKey& key, std::string_view scope, uint64_t writer, uint64_t n,
                        int64_t raw_ms) {
  std::string input;
  input.reserve(scope.size() + 17);
  input.append(scope);
  input.push_back('\0');
  input.append(reinterpret_cast<const char*>(&writer), 8);
  input.append(reinterpret_cast<const char*>(&n), 8);
  const std::string random = KeyedHash(key, input).ToBytes();
  RecordId id;
  std::memcpy(id.bytes.data(), random.data(), 16);
  const auto ms = static_cast<uint64_t>(raw_ms);
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<uint8_t>(ms >> (40 - 8 * i));
  id.bytes[6] = static_cast<uint8_t>(0x70 | (id.bytes[6] & 0x0f));
  id.bytes[8] = static_cast<uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

}  // namespace trellis
