#include "common/wire/timed_id.h"

#include <algorithm>

namespace trellis {
namespace {

constexpr size_t kTimeBytes = 6;

uint8_t TimeByte(int64_t raw_ms, size_t i) {
  return static_cast<uint8_t>(static_cast<uint64_t>(raw_ms) >> (40 - 8 * i));
}

}  // namespace

bool IsTimedId(const RecordId& id, int64_t raw_ms) {
  for (size_t i = 0; i < kTimeBytes; ++i) {
    if (id.bytes[i] != TimeByte(raw_ms, i)) return false;
  }
  return (id.bytes[6] & 0xf0) == 0x70 && (id.bytes[8] & 0xc0) == 0x80;
}

std::string RandomOfTimedId(const RecordId& id) { return std::string(id.view().substr(kTimeBytes)); }

bool TimedIdOf(std::string_view random, int64_t raw_ms, RecordId* id) {
  for (size_t i = 0; i < kTimeBytes; ++i) id->bytes[i] = TimeByte(raw_ms, i);
  std::copy(random.begin(), random.end(), id->bytes.begin() + kTimeBytes);
  return IsTimedId(*id, raw_ms);
}

}  // namespace trellis
