#include "common/storage/log_cleaning.h"

#include <cstdint>

#include "common/storage/crc32c.h"

namespace trellis {
namespace {

constexpr size_t kBlockBytes = 32 << 10;
constexpr size_t kHeaderBytes = 7;
constexpr size_t kLeastRecord = 12;
constexpr size_t kTopOfSequence = 7;
enum Type : uint8_t { kWhole = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

uint32_t CrcOf(uint8_t type, std::string_view payload) {
  const char byte = static_cast<char>(type);
  return MaskedCrc32c({&byte, 1}, payload);
}

void AppendLittle(std::string* out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

// The payload of the piece at the front of `rest`, which reaches to the end of its block; false if it is
// none.
bool TakePiece(std::string_view rest, uint8_t* type, std::string_view* payload) {
  if (rest.size() < kHeaderBytes) return false;
  const size_t size = LittleEndian(rest.substr(4, 2));
  *type = static_cast<uint8_t>(rest[6]);
  if (*type < kWhole || *type > kLast || rest.size() < kHeaderBytes + size) return false;
  *payload = rest.substr(kHeaderBytes, size);
  return LittleEndian(rest.substr(0, 4)) == CrcOf(*type, *payload);
}

void AppendRecord(std::string* log, std::string_view record) {
  for (bool first = true; first || !record.empty(); first = false) {
    size_t room = kBlockBytes - log->size() % kBlockBytes;
    if (room < kHeaderBytes) {
      log->append(room, '\0');
      room = kBlockBytes;
    }
    const std::string_view piece = record.substr(0, room - kHeaderBytes);
    record.remove_prefix(piece.size());
    const uint8_t type = first ? (record.empty() ? kWhole : kFirst) : (record.empty() ? kLast : kMiddle);
    AppendLittle(log, CrcOf(type, piece), 4);
    AppendLittle(log, static_cast<uint32_t>(piece.size()), 2);
    log->push_back(static_cast<char>(type));
    log->append(piece);
  }
}

}  // namespace

std::optional<uint64_t> FirstSequenceOf(std::string_view log) {
  const std::string clean = CleanLogOf(log).bytes;
  if (clean.size() < kHeaderBytes + kLeastRecord) return std::nullopt;
  const std::string_view batch = std::string_view(clean).substr(kHeaderBytes);
  return LittleEndian(batch.substr(0, 4)) | uint64_t{LittleEndian(batch.substr(4, 4))} << 32;
}

CleanLog CleanLogOf(std::string_view log) {
  CleanLog clean;
  std::string record;
  bool in_record = false;
  bool damaged = false;
  for (size_t at = 0; at < log.size();) {
    const size_t room = kBlockBytes - at % kBlockBytes;
    uint8_t type = 0;
    std::string_view payload;
    if (room < kHeaderBytes) {
      at += room;
      continue;
    }
    if (!TakePiece(log.substr(at, room), &type, &payload)) {
      damaged = true;
      in_record = false;
      ++at;
      continue;
    }
    at += kHeaderBytes + payload.size();
    if (type == kWhole || type == kFirst) record.clear();
    const bool fits = in_record == (type == kMiddle || type == kLast);
    in_record = (fits || type == kFirst) && (type == kFirst || type == kMiddle);
    record.append(payload);
    if (in_record || (!fits && type != kWhole)) continue;
    if (record.size() < kLeastRecord || record[kTopOfSequence] != '\0') continue;
    AppendRecord(&clean.bytes, record);
    clean.resumed = clean.resumed || damaged;
  }
  return clean;
}

}  // namespace trellis
