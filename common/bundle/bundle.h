// What a bundle carries: openings, frames and acknowledgements, as a session would say them. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/session/messages.h"

namespace trellis {

// kUp: from a site to its district; kDown: the receipt.
enum class BundleDirection : uint8_t { kUp = 1, kDown = 2 };

inline constexpr size_t kBundleIdBytes = 16;
// Frames are added until the messages are this long; one file is held in memory at either end.
inline constexpr size_t kMostBundleBytes = 64u << 20;
// No file is longer; the last frame and the seal go beyond the messages.
inline constexpr size_t kMostBundleFileBytes = kMostBundleBytes + (8u << 20);
inline constexpr size_t kMostBundleMessages = 1u << 16;

// The sender left out what came from the recipient up to there; good only if the recipient's timeline of the
// scope still holds it.
struct BundleAssumption {
  std::string scope;
  Epoch epoch = 0;
  uint64_t head = 0;
  friend bool operator==(const BundleAssumption&, const BundleAssumption&) = default;
};

struct Bundle {
  BundleDirection direction = BundleDirection::kUp;
  std::string district;   // id
  std::string site;       // scope name
  std::string id;         // kBundleIdBytes, random
  std::string answers;    // down: id of the bundle it answers
  std::string reply_key;  // up: the public key the receipt is sealed to
  int64_t wall_ms = 0;    // when it was made, by its maker's clock
  std::vector<BundleAssumption> assumptions;
  std::vector<SyncMessage> messages;  // README.md: which, and in which order
  friend bool operator==(const Bundle&, const Bundle&) = default;
};

std::string EncodeBundle(const Bundle& bundle);
// DATA_LOSS if it is not what EncodeBundle makes; the direction is the file's to say.
absl::StatusOr<Bundle> DecodeBundle(std::string_view bytes, BundleDirection direction);

}  // namespace trellis
