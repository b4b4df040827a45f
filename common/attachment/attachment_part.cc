#include "common/attachment/attachment_part.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "trellis/domain/v1/notice.pb.h"

namespace trellis {
namespace {

const unsigned char* Bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

Sha256Sum::Sha256Sum() : state_(std::make_unique<crypto_hash_sha256_state>()) {
  crypto_hash_sha256_init(state_.get());
}

Sha256Sum::~Sha256Sum() = default;

void Sha256Sum::Add(std::string_view bytes) {
  crypto_hash_sha256_update(state_.get(), Bytes(bytes), bytes.size());
}

Sha256 Sha256Sum::Finish() {
  Sha256 hash{};
  crypto_hash_sha256_final(state_.get(), hash.data());
  return hash;
}

Sha256 Sha256Of(std::string_view bytes) {
  Sha256 hash{};
  crypto_hash_sha256(hash.data(), Bytes(bytes), bytes.size());
  return hash;
}

Sha256 Sha256FromBytes(std::string_view bytes) {
  Sha256 hash{};
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return hash;
}

std::string ToHex(const Sha256& hash) {
  std::string text;
  text.reserve(2 * hash.size());
  for (const uint8_t byte : hash) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

size_t PartCount(int64_t file_bytes) {
  return file_bytes <= 0 ? 0 : (static_cast<size_t>(file_bytes) + kPartBytes - 1) / kPartBytes;
}

size_t BytesOfPart(int64_t file_bytes, size_t part) {
  return std::min(kPartBytes, static_cast<size_t>(file_bytes) - part * kPartBytes);
}

RecordId PartId(uint32_t generation, const Sha256& part) {
  std::string input = "trellis part";
  for (int shift = 0; shift < 32; shift += 8) input.push_back(static_cast<char>(generation >> shift));
  input.append(reinterpret_cast<const char*>(part.data()), part.size());
  const Sha256 hash = Sha256Of(input);
  return RecordId::FromBytes({reinterpret_cast<const char*>(hash.data()), 16});
}

absl::Status CheckPart(const RecordId& id, std::string_view message) {
  domain::v1::AttachmentPart part;
  if (!part.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return absl::InvalidArgumentError("this part of a file is not well-formed");
  }
  if (part.data().size() > kPartBytes) {
    return absl::InvalidArgumentError(
        fmt::format("a part of a file has {} bytes; it may have {}", part.data().size(), kPartBytes));
  }
  if (PartId(part.generation(), Sha256Of(part.data())) == id) return absl::OkStatus();
  return absl::InvalidArgumentError("this part of a file is not what its id says: it was changed on its way");
}

absl::Status CheckPartCells(const RecordId& id, const std::vector<Cell>& cells) {
  using Part = domain::v1::AttachmentPart;
  std::string generation;
  for (const Cell& cell : cells) {
    if (cell.key.field != Part::kGenerationFieldNumber || cell.siblings.empty()) continue;
    generation = cell.siblings.front().bytes;
  }
  for (const Cell& cell : cells) {
    if (cell.key.field != Part::kDataFieldNumber) continue;
    for (const Sibling& sibling : cell.siblings) {
      absl::Status status = CheckPart(id, sibling.bytes + generation);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace trellis
