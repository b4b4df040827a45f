#include "server/district_keys.h"

#include <fmt/format.h>
#include <openssl/rand.h>
#include <sodium.h>

#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/exchange/receipt.h"
#include "common/identity/openssl_objects.h"
#include "common/identity/private_file.h"
#include "common/identity/signature.h"
#include "server/backup/backup.h"
#include "server/backup/recovery_kit.h"

namespace trellis {
namespace {

using nlohmann::json;

std::string DistrictFile(const std::string& data) { return KeysFolder(data) + "/district.json"; }
std::string AuthorityKeyFile(const std::string& data) { return KeysFolder(data) + "/authority.key"; }
std::string ServerKeyFile(const std::string& data) { return KeysFolder(data) + "/server.key"; }

absl::Status CutShort(const std::string& data) {
  return absl::FailedPreconditionError(
      fmt::format("a restore into {} was cut short: run `trellis-server restore` again", data));
}

absl::StatusOr<std::string> RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    return absl::UnavailableError("no random numbers to be had");
  }
  return bytes;
}

absl::StatusOr<std::string> MakeUuid() {
  absl::StatusOr<std::string> bytes = RandomBytes(16);
  if (!bytes.ok()) return bytes;
  (*bytes)[6] = static_cast<char>(((*bytes)[6] & 0x0f) | 0x40);  // RFC 9562: version 4
  (*bytes)[8] = static_cast<char>(((*bytes)[8] & 0x3f) | 0x80);
  return RecordId::FromBytes(*bytes).ToString();
}

bool ParseKey(const std::string& hex, HashKey* key) {
  if (hex.size() != 2 * key->size()) return false;
  for (size_t i = 0; i < key->size(); ++i) {
    const char* at = hex.data() + 2 * i;
    if (std::from_chars(at, at + 2, (*key)[i], 16).ptr != at + 2) return false;
  }
  return true;
}

absl::Status WriteAll(const std::string& data, const DistrictKeys& district, const std::string& kit) {
  const json facts = {{"id", district.id},
                      {"name", district.name},
                      {"key", district.key_hex()},
                      {"recoveryPublicKey", district.recovery_public_key},
                      {"recoveryKitFile", district.recovery_kit_file}};
  const std::pair<std::string, std::string> files[] = {
      {AuthorityKeyFile(data), district.authority.key_pem()},
      {AuthorityFile(data), district.authority.certificate_pem()},
      {ServerKeyFile(data), district.server_key},
      {district.recovery_kit_file, kit},
      {DistrictFile(data), facts.dump(1)},
  };
  for (const auto& [path, text] : files) {
    if (absl::Status written = WritePrivateFile(path, text); !written.ok()) return written;
  }
  return absl::OkStatus();
}

}  // namespace

std::string KeysFolder(const std::string& data) { return data + "/keys"; }
std::string AuthorityFile(const std::string& data) { return KeysFolder(data) + "/authority.crt"; }
std::string AdminTokenFile(const std::string& data) { return data + "/admin.token"; }
std::string TokensFile(const std::string& data) { return KeysFolder(data) + "/tokens.json"; }

std::string DistrictKeys::key_hex() const {
  std::string hex;
  for (const uint8_t byte : key) hex += fmt::format("{:02x}", byte);
  return hex;
}

VoucherKey DistrictKeys::voucher_key() const {
  const std::string text = "trellis voucher key 1\n" + server_key;
  VoucherKey out{};
  crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     nullptr, 0);
  return out;
}

std::string DistrictKeys::Sign(std::string_view text) const {
  return SignWithKey(authority.key_pem(), text).value_or("");
}

std::string DistrictKeys::SignReceipt(std::string_view statement) const {
  return Sign(ReceiptText(statement));
}

absl::StatusOr<KeyHash> DistrictKeys::server_key_hash() const {
  absl::StatusOr<KeyPtr> parsed = trellis::ParseKey(server_key);
  if (!parsed.ok()) return parsed.status();
  return HashOfKey(parsed->get());
}

absl::StatusOr<DistrictKeys> MakeDistrict(const std::string& data, const std::string& name,
                                          const Clock& clock) {
  if (name.empty()) return absl::InvalidArgumentError("name the district (--district NAME)");
  for (const std::string& folder : {data, KeysFolder(data)}) {
    if (absl::Status made = MakePrivateFolder(folder); !made.ok()) return made;
  }
  std::error_code error;
  if (std::filesystem::exists(DistrictFile(data), error)) {
    return absl::AlreadyExistsError(
        fmt::format("{} already holds a district; one folder is one district", data));
  }
  if (RestoreWasCutShort(data)) return CutShort(data);
  if (std::filesystem::exists(data + "/store", error)) {
    return absl::FailedPreconditionError(fmt::format(
        "{} holds a store without its district's keys: name another folder, or restore a backup", data));
  }
  absl::StatusOr<std::string> id = MakeUuid();
  if (!id.ok()) return id.status();
  absl::StatusOr<std::string> key = RandomBytes(16);
  if (!key.ok()) return key.status();
  absl::StatusOr<CertificateAuthority> authority = CertificateAuthority::Make(*id, clock.WallMs());
  if (!authority.ok()) return authority.status();
  absl::StatusOr<std::string> server_key = MakePrivateKey();
  if (!server_key.ok()) return server_key.status();
  const RecoveryKit kit = MakeRecoveryKit();
  DistrictKeys district{.id = *id,
                        .name = name,
                        .authority = *std::move(authority),
                        .server_key = *std::move(server_key),
                        .recovery_public_key = kit.public_key_hex,
                        .recovery_kit_file = data + "/recovery-kit.txt"};
  std::copy(key->begin(), key->end(), district.key.begin());
  if (absl::Status written = WriteAll(data, district, RecoveryKitText(kit, name)); !written.ok())
    return written;
  return district;
}

absl::StatusOr<DistrictKeys> LoadDistrict(const std::string& data) {
  const absl::Status fit = CheckPrivateFolder(data);
  if (!fit.ok() && !absl::IsNotFound(fit)) return fit;
  if (RestoreWasCutShort(data)) return CutShort(data);
  absl::StatusOr<std::string> text = ReadPrivateFile(DistrictFile(data));
  if (!text.ok()) {
    if (text.status().code() != absl::StatusCode::kNotFound) return text.status();
    return absl::NotFoundError(
        fmt::format("{} holds no district yet: run `trellis-server init` first", data));
  }
  absl::StatusOr<std::string> authority_key = ReadPrivateFile(AuthorityKeyFile(data));
  absl::StatusOr<std::string> authority_certificate = ReadPrivateFile(AuthorityFile(data));
  absl::StatusOr<std::string> server_key = ReadPrivateFile(ServerKeyFile(data));
  if (!authority_key.ok()) return authority_key.status();
  if (!authority_certificate.ok()) return authority_certificate.status();
  if (!server_key.ok()) return server_key.status();
  absl::StatusOr<CertificateAuthority> authority =
      CertificateAuthority::Load(*std::move(authority_key), *std::move(authority_certificate));
  if (!authority.ok()) return authority.status();
  DistrictKeys district{.authority = *std::move(authority), .server_key = *std::move(server_key)};
  const json value = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const auto field = [&value](const char* name) {
    return value.is_object() && value.contains(name) && value[name].is_string()
               ? value[name].get<std::string>()
               : std::string();
  };
  district.id = field("id");
  district.name = field("name");
  district.recovery_public_key = field("recoveryPublicKey");
  district.recovery_kit_file = field("recoveryKitFile");
  if (district.id.empty() || !ParseKey(field("key"), &district.key)) {
    return absl::DataLossError(fmt::format("{} is damaged; restore it from a backup", DistrictFile(data)));
  }
  return district;
}

}  // namespace trellis
