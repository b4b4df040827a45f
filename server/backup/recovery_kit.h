// The recovery kit: the one secret that opens a backup's keys. The server keeps only the public half, so it
// can write backups it could not read.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace trellis {

struct RecoveryKit {
  std::string secret_key;      // 32 bytes, X25519
  std::string public_key_hex;  // of it
};

RecoveryKit MakeRecoveryKit();
// A page to print and lock away; the secret is its line that begins with TRELLIS-KIT.
std::string RecoveryKitText(const RecoveryKit& kit, std::string_view district);
// Finds the secret in such a page, typed or copied. INVALID_ARGUMENT if it is not there or mistyped.
absl::StatusOr<RecoveryKit> ParseRecoveryKit(std::string_view text);

// libsodium's sealed boxes (X25519, XSalsa20-Poly1305).
absl::StatusOr<std::string> SealForKit(std::string_view plain, const std::string& public_key_hex);
// PERMISSION_DENIED if it was sealed for another kit, or is damaged.
absl::StatusOr<std::string> OpenWithKit(std::string_view sealed, const RecoveryKit& kit);

}  // namespace trellis
