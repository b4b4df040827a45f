#include "common/storage/table_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "common/storage/crc32c.h"

namespace trellis {
namespace {

constexpr size_t kFooterBytes = 53;
constexpr char kCrc32c = 1;
constexpr std::string_view kProperties = "rocksdb.properties";
constexpr size_t kTrailerBytes = 5;

struct Place {
  uint64_t offset = 0;
  uint64_t size = 0;
};

uint64_t TakeVarint(std::string_view* bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes->empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes->front());
    bytes->remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return value;
}

Place TakePlace(std::string_view bytes) {
  Place place;
  place.offset = TakeVarint(&bytes);
  place.size = TakeVarint(&bytes);
  return place;
}

// The block at the place with its trailer; empty if it lies outside the file.
std::string BlockAt(const Disk& disk, const std::string& file, uint64_t file_bytes, const Place& place) {
  if (place.size > file_bytes || place.offset > file_bytes - place.size) return "";
  return disk.ReadAt(file, place.offset, place.size + kTrailerBytes).value_or("");
}

}  // namespace

absl::Status CheckTable(const Disk& disk, const std::string& file) {
  // Whatever else is wrong here, RocksDB finds itself.
  const uint64_t file_bytes = disk.SizeOf(file);
  if (file_bytes < kFooterBytes) return absl::OkStatus();
  const std::string footer = disk.ReadAt(file, file_bytes - kFooterBytes, kFooterBytes).value_or("");
  if (footer.size() != kFooterBytes || footer[0] != kCrc32c) return absl::OkStatus();
  const std::string index = BlockAt(disk, file, file_bytes, TakePlace(std::string_view(footer).substr(1)));
  const size_t name = index.find(kProperties);
  if (name == std::string::npos) return absl::OkStatus();
  const Place place = TakePlace(std::string_view(index).substr(name + kProperties.size()));
  const std::string block = BlockAt(disk, file, file_bytes, place);
  if (block.size() < kTrailerBytes) return absl::OkStatus();
  const std::string_view checked = std::string_view(block).substr(0, block.size() - 4);
  if (LittleEndian(std::string_view(block).substr(checked.size())) == MaskedCrc32c(checked, "")) {
    return absl::OkStatus();
  }
  return absl::DataLossError(fmt::format("the properties of {} are damaged", file));
}

}  // namespace trellis
