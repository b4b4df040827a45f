// The parts a file is kept as, by what their bytes are (README.md). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/causal/record_state.h"
#include "common/record/record_id.h"

struct crypto_hash_sha256_state;

namespace trellis {

// Every part but the last has so many bytes.
inline constexpr size_t kPartBytes = 32'000;
inline constexpr int64_t kLargestFileBytes = 50'000'000;
// Of all files of a scope that are not deleted, as the programs take them.
inline constexpr int64_t kMostScopeBytes = 20'000'000'000;
// The kind parts are records of, and that of what they are parts of.
inline constexpr char kPartKind[] = "trellis.domain.v1.AttachmentPart";
inline constexpr char kAttachmentKind[] = "trellis.domain.v1.Attachment";

using Sha256 = std::array<uint8_t, 32>;
Sha256 Sha256Of(std::string_view bytes);
// REQUIRES: 32 bytes.
Sha256 Sha256FromBytes(std::string_view bytes);
std::string ToHex(const Sha256& hash);

// The hash of bytes that come one after another. Used once.
class Sha256Sum {
 public:
  Sha256Sum();
  ~Sha256Sum();
  Sha256Sum(const Sha256Sum&) = delete;
  Sha256Sum& operator=(const Sha256Sum&) = delete;
  void Add(std::string_view bytes);
  Sha256 Finish();

 private:
  std::unique_ptr<crypto_hash_sha256_state> state_;
};

size_t PartCount(int64_t file_bytes);
// REQUIRES: part < PartCount(file_bytes).
size_t BytesOfPart(int64_t file_bytes, size_t part);

RecordId PartId(uint32_t generation, const Sha256& part);

// What a part's record shows, in wire bytes of its kind's message, against its id: INVALID_ARGUMENT if those
// bytes have another id, or are too many.
absl::Status CheckPart(const RecordId& id, std::string_view message);
// The same of a state or delta on its way in: every value in it. An erased part has none.
absl::Status CheckPartCells(const RecordId& id, const std::vector<Cell>& cells);

}  // namespace trellis
