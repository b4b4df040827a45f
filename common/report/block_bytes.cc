#include "common/report/block_bytes.h"

#include <cstring>

namespace trellis {
namespace {

constexpr uint64_t kMaxText = 64 << 10;  // bytes of one text

}  // namespace

void PutVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

void PutText(std::string_view text, std::string* out) {
  PutVarint(text.size(), out);
  out->append(text);
}

void PutIdentity(const RowIdentity& identity, std::string* out) {
  out->append(identity.id.view());
  PutText(identity.respondent_key, out);
  const auto ms = static_cast<uint64_t>(identity.submitted_ms);
  PutVarint((ms << 1) ^ (identity.submitted_ms < 0 ? ~uint64_t{0} : 0), out);
}

BlockReader::BlockReader(std::string_view bytes) : rest_(bytes) {
  if (Varint() != kBlockVersion) Fail();
}

uint64_t BlockReader::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = Byte();
    if (shift == 63 && byte > 1) Fail();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (!(byte & 0x80)) return failed_ ? 0 : value;
  }
  Fail();
  return 0;
}

uint64_t BlockReader::Bounded(uint64_t limit) {
  const uint64_t value = Varint();
  if (value > limit) Fail();
  return failed_ ? 0 : value;
}

uint8_t BlockReader::Byte() {
  const std::string_view bytes = Bytes(1);
  return bytes.empty() ? 0 : static_cast<uint8_t>(bytes[0]);
}

std::string_view BlockReader::Bytes(size_t n) {
  if (failed_ || rest_.size() < n) {
    Fail();
    return {};
  }
  const std::string_view bytes = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return bytes;
}

std::string BlockReader::Text() { return std::string(Bytes(Bounded(kMaxText))); }

void BlockReader::ReadPlane(int slots, Plane* plane) {
  const std::string_view bytes = Bytes(static_cast<size_t>((slots + 63) / 64) * 8);
  if (bytes.empty()) return;
  std::memcpy(plane->words, bytes.data(), bytes.size());
  // Bits beyond the last slot would be counted as rows.
  if (slots % 64 != 0 && (plane->words[slots / 64] >> (slots % 64)) != 0) Fail();
}

RowIdentity BlockReader::Identity() {
  RowIdentity identity;
  const std::string_view id = Bytes(16);
  if (id.size() == 16) identity.id = RecordId::FromBytes(id);
  identity.respondent_key = Text();
  const uint64_t zigzag = Varint();
  identity.submitted_ms = static_cast<int64_t>((zigzag >> 1) ^ (~(zigzag & 1) + 1));
  return identity;
}

}  // namespace trellis
