// Sealing bytes to the holder of a secret key. The sender stays unknown to the seal; signatures say who it
// was.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace trellis {

inline constexpr size_t kSealKeyBytes = 32;
// A sealed key and a nonce.
inline constexpr size_t kSealOverheadBytes = 80 + 24;
// What sealing adds to the plain bytes.
inline constexpr size_t kSealTagBytes = 16;

// X25519, raw bytes.
struct SealKeys {
  std::string public_key;
  std::string secret_key;
};
SealKeys MakeSealKeys();
// The pair of a secret key of kSealKeyBytes; DATA_LOSS for any other.
absl::StatusOr<SealKeys> SealKeysOf(std::string_view secret_key);

// key nonce sealed, of README.md. `bound` must be the same at opening. INVALID_ARGUMENT: no such public key.
struct Sealed {
  std::string opening;  // key and nonce
  std::string bytes;
};
absl::StatusOr<Sealed> Seal(std::string_view public_key, std::string_view bound, std::string_view plain);
// PERMISSION_DENIED: sealed for another key; DATA_LOSS: changed since it was sealed.
absl::StatusOr<std::string> Unseal(const SealKeys& keys, std::string_view bound, std::string_view opening,
                                   std::string_view bytes);

}  // namespace trellis
