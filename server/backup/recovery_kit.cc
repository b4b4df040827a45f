#include "server/backup/recovery_kit.h"

#include <fmt/format.h>
#include <sodium.h>

#include <cstdlib>
#include <optional>
#include <sstream>

#include "common/identity/base32.h"

namespace trellis {
namespace {

constexpr std::string_view kPrefix = "TRELLIS-KIT-";
constexpr size_t kChecksumBytes = 4;
constexpr size_t kGroup = 5;

static_assert(crypto_box_SECRETKEYBYTES == 32 && crypto_box_PUBLICKEYBYTES == 32);

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Checksum(std::string_view secret) {
  std::string sum(crypto_generichash_BYTES_MIN, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(sum.data()), sum.size(), Bytes(secret), secret.size(),
                     nullptr, 0);
  sum.resize(kChecksumBytes);
  return sum;
}

std::string PublicHexOf(const std::string& secret_key) {
  unsigned char public_key[crypto_box_PUBLICKEYBYTES];
  crypto_scalarmult_base(public_key, Bytes(secret_key));
  std::string hex;
  for (const unsigned char byte : public_key) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::optional<std::string> FromHex(const std::string& hex) {
  std::string bytes(hex.size() / 2, '\0');
  size_t length = 0;
  if (sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), hex.data(), hex.size(),
                     nullptr, &length, nullptr) != 0 ||
      length != crypto_box_PUBLICKEYBYTES) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace

RecoveryKit MakeRecoveryKit() {
  if (sodium_init() < 0) std::abort();  // no source of randomness at all
  RecoveryKit kit;
  kit.secret_key.resize(crypto_box_SECRETKEYBYTES);
  randombytes_buf(kit.secret_key.data(), kit.secret_key.size());
  kit.public_key_hex = PublicHexOf(kit.secret_key);
  return kit;
}

std::string RecoveryKitText(const RecoveryKit& kit, std::string_view district) {
  const std::string line =
      std::string(kPrefix) + Grouped(EncodeBase32(kit.secret_key + Checksum(kit.secret_key)), kGroup);
  return fmt::format(
      "Recovery kit of {}\n\n"
      "Whoever has this line and a backup has everything the district's server knows.\n"
      "Without it no backup can be restored. Print this page, lock it away in two places,\n"
      "then delete the file.\n\n{}\n\n"
      "To restore: trellis-server restore --from BACKUP --data NEW-FOLDER --recovery-kit THIS-FILE\n",
      district, line);
}

absl::StatusOr<RecoveryKit> ParseRecoveryKit(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const size_t at = line.find(kPrefix);
    if (at == std::string::npos) continue;
    std::string digits = line.substr(at + kPrefix.size());
    while (!digits.empty() && (digits.back() == '\r' || digits.back() == ' ')) digits.pop_back();
    const std::optional<std::string> bytes = DecodeBase32(digits);
    if (!bytes || bytes->size() != crypto_box_SECRETKEYBYTES + kChecksumBytes) break;
    RecoveryKit kit;
    kit.secret_key = bytes->substr(0, crypto_box_SECRETKEYBYTES);
    if (Checksum(kit.secret_key) != bytes->substr(crypto_box_SECRETKEYBYTES)) break;
    kit.public_key_hex = PublicHexOf(kit.secret_key);
    return kit;
  }
  return absl::InvalidArgumentError(
      "this is not a recovery kit, or it was mistyped: copy the whole line that begins with TRELLIS-KIT");
}

absl::StatusOr<std::string> SealForKit(std::string_view plain, const std::string& public_key_hex) {
  const std::optional<std::string> public_key = FromHex(public_key_hex);
  if (!public_key) return absl::DataLossError("the recovery kit's public key is damaged");
  std::string sealed(plain.size() + crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal(reinterpret_cast<unsigned char*>(sealed.data()), Bytes(plain), plain.size(),
                      Bytes(*public_key)) != 0) {
    return absl::InternalError("the keys could not be sealed");
  }
  return sealed;
}

absl::StatusOr<std::string> OpenWithKit(std::string_view sealed, const RecoveryKit& kit) {
  const std::optional<std::string> public_key = FromHex(kit.public_key_hex);
  if (!public_key || sealed.size() < crypto_box_SEALBYTES) {
    return absl::PermissionDeniedError("the backup's keys are damaged");
  }
  std::string plain(sealed.size() - crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal_open(reinterpret_cast<unsigned char*>(plain.data()), Bytes(sealed), sealed.size(),
                           Bytes(*public_key), Bytes(kit.secret_key)) != 0) {
    return absl::PermissionDeniedError(
        "this recovery kit does not open this backup: it belongs to another district");
  }
  return plain;
}

}  // namespace trellis
