#include "common/bundle/seal_key_file.h"

#include <fmt/format.h>
#include <sodium.h>

#include "common/identity/private_file.h"

namespace trellis {

std::string SealKeyHex(std::string_view key) {
  std::string hex;
  for (const char byte : key) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

std::string SealKeyFromHex(std::string_view hex) {
  std::string key(kSealKeyBytes, '\0');
  size_t size = 0;
  const bool good = hex.size() == 2 * kSealKeyBytes &&
                    sodium_hex2bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), hex.data(),
                                   hex.size(), nullptr, &size, nullptr) == 0 &&
                    size == kSealKeyBytes;
  return good ? key : std::string();
}

absl::StatusOr<SealKeys> LoadOrMakeSealKeys(const std::string& file) {
  const absl::StatusOr<std::string> text = ReadPrivateFile(file);
  if (text.ok()) {
    const std::string secret = SealKeyFromHex(std::string_view(*text).substr(0, text->find('\n')));
    if (secret.empty()) {
      return absl::DataLossError(fmt::format("{} is damaged; bundles cannot be opened without it", file));
    }
    return SealKeysOf(secret);
  }
  if (text.status().code() != absl::StatusCode::kNotFound) return text.status();
  SealKeys keys = MakeSealKeys();
  if (absl::Status kept = WritePrivateFile(file, SealKeyHex(keys.secret_key) + "\n"); !kept.ok()) return kept;
  return keys;
}

}  // namespace trellis
