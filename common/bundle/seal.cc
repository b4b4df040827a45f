#include "common/bundle/seal.h"

#include <sodium.h>

#include <cstdlib>

namespace trellis {
namespace {

constexpr size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kSealedKeyBytes = kKeyBytes + crypto_box_SEALBYTES;

static_assert(kSealKeyBytes == crypto_box_PUBLICKEYBYTES && kSealKeyBytes == crypto_box_SECRETKEYBYTES);
static_assert(kSealOverheadBytes == kSealedKeyBytes + kNonceBytes);
static_assert(kSealTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES);

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string* text) { return reinterpret_cast<unsigned char*>(text->data()); }

std::string RandomBytes(size_t count) {
  if (sodium_init() < 0) std::abort();  // no source of randomness at all
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

// What the file's bytes are bound to: the text before them, and how they are opened.
std::string Associated(std::string_view bound, std::string_view opening) {
  return std::string(bound) + std::string(opening);
}

}  // namespace

SealKeys MakeSealKeys() { return *SealKeysOf(RandomBytes(kSealKeyBytes)); }

absl::StatusOr<SealKeys> SealKeysOf(std::string_view secret_key) {
  if (secret_key.size() != kSealKeyBytes) return absl::DataLossError("the key for bundles is damaged");
  SealKeys keys{std::string(kSealKeyBytes, '\0'), std::string(secret_key)};
  crypto_scalarmult_base(Bytes(&keys.public_key), Bytes(secret_key));
  return keys;
}

absl::StatusOr<Sealed> Seal(std::string_view public_key, std::string_view bound, std::string_view plain) {
  const std::string key = RandomBytes(kKeyBytes);
  std::string sealed_key(kSealedKeyBytes, '\0');
  if (public_key.size() != kSealKeyBytes ||
      crypto_box_seal(Bytes(&sealed_key), Bytes(key), key.size(), Bytes(public_key)) != 0) {
    return absl::InvalidArgumentError("that is no key a bundle can be sealed to");
  }
  Sealed sealed;
  sealed.opening = sealed_key + RandomBytes(kNonceBytes);
  sealed.bytes.resize(plain.size() + kSealTagBytes);
  const std::string associated = Associated(bound, sealed.opening);
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(&sealed.bytes), nullptr, Bytes(plain), plain.size(),
                                             Bytes(associated), associated.size(), nullptr,
                                             Bytes(sealed.opening) + kSealedKeyBytes, Bytes(key));
  return sealed;
}

absl::StatusOr<std::string> Unseal(const SealKeys& keys, std::string_view bound, std::string_view opening,
                                   std::string_view bytes) {
  if (opening.size() != kSealOverheadBytes || bytes.size() < kSealTagBytes) {
    return absl::DataLossError("the file is too short");
  }
  std::string key(kKeyBytes, '\0');
  if (crypto_box_seal_open(Bytes(&key), Bytes(opening), kSealedKeyBytes, Bytes(keys.public_key),
                           Bytes(keys.secret_key)) != 0) {
    return absl::PermissionDeniedError("it is sealed for somebody else");
  }
  std::string plain(bytes.size() - kSealTagBytes, '\0');
  const std::string associated = Associated(bound, opening);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(Bytes(&plain), nullptr, nullptr, Bytes(bytes), bytes.size(),
                                                 Bytes(associated), associated.size(),
                                                 Bytes(opening) + kSealedKeyBytes, Bytes(key)) != 0) {
    return absl::DataLossError("it was changed or damaged on its way");
  }
  return plain;
}

}  // namespace trellis
