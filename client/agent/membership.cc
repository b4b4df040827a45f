#include "client/agent/membership.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/identity/keys.h"
#include "common/identity/private_file.h"

namespace trellis {
namespace {

using nlohmann::json;

constexpr char kKeyFile[] = "/site.key";
constexpr char kCertificateFile[] = "/site.crt";
constexpr char kAuthorityFile[] = "/authority.crt";
constexpr char kJoinedFile[] = "/joined.json";

std::string HexOf(const HashKey& key) {
  std::string hex;
  for (const uint8_t byte : key) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace

std::optional<HashKey> ParseHashKey(std::string_view hex) {
  HashKey key;
  if (hex.size() != 2 * key.size()) return std::nullopt;
  for (size_t i = 0; i < key.size(); ++i) {
    const char* begin = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, key[i], 16);
    if (error != std::errc() || end != begin + 2) return std::nullopt;
  }
  return key;
}

absl::StatusOr<Membership> LoadMembership(const std::string& keys_folder) {
  absl::StatusOr<std::string> joined = ReadPrivateFile(keys_folder + kJoinedFile);
  if (!joined.ok()) {
    if (joined.status().code() != absl::StatusCode::kNotFound) return joined.status();
    return absl::NotFoundError(
        "this machine has not joined a district yet: run `trellisd join` with a joining code");
  }
  absl::StatusOr<std::string> key = ReadPrivateFile(keys_folder + kKeyFile);
  absl::StatusOr<std::string> certificate = ReadPrivateFile(keys_folder + kCertificateFile);
  absl::StatusOr<std::string> authority = ReadPrivateFile(keys_folder + kAuthorityFile);
  if (!key.ok()) return key.status();
  if (!certificate.ok()) return certificate.status();
  if (!authority.ok()) return authority.status();
  const json value = json::parse(*joined, nullptr, /*allow_exceptions=*/false);
  const absl::Status damaged = absl::DataLossError(
      fmt::format("{}{} is damaged: join again with a fresh code", keys_folder, kJoinedFile));
  if (!value.is_object()) return damaged;
  Membership membership;
  try {
    membership.district = value.at("district");
    membership.district_name = value.at("districtName");
    membership.site = value.at("site");
    membership.site_name = value.at("siteName");
    membership.account = value.at("account");
    membership.account_name = value.at("accountName");
    membership.server = value.at("server");
    membership.bundle_key_hex = value.value("bundleKey", std::string());
    const std::optional<HashKey> district_key = ParseHashKey(value.at("districtKey").get<std::string>());
    if (!district_key.has_value()) return damaged;
    membership.district_key = *district_key;
  } catch (const json::exception&) {
    return damaged;
  }
  membership.private_key = *std::move(key);
  membership.certificate = *std::move(certificate);
  membership.authority = *std::move(authority);
  return membership;
}

absl::StatusOr<std::string> LoadOrMakePrivateKey(const std::string& keys_folder) {
  absl::StatusOr<std::string> key = ReadPrivateFile(keys_folder + kKeyFile);
  if (key.ok() || key.status().code() != absl::StatusCode::kNotFound) return key;
  key = MakePrivateKey();
  if (!key.ok()) return key.status();
  if (absl::Status written = WritePrivateFile(keys_folder + kKeyFile, *key); !written.ok()) return written;
  return key;
}

absl::Status SaveMembership(const std::string& keys_folder, const Membership& membership) {
  const json value = {{"district", membership.district},
                      {"districtName", membership.district_name},
                      {"districtKey", HexOf(membership.district_key)},
                      {"bundleKey", membership.bundle_key_hex},
                      {"site", membership.site},
                      {"siteName", membership.site_name},
                      {"account", membership.account},
                      {"accountName", membership.account_name},
                      {"server", membership.server}};
  const std::pair<const char*, std::string> files[] = {{kKeyFile, membership.private_key},
                                                       {kCertificateFile, membership.certificate},
                                                       {kAuthorityFile, membership.authority},
                                                       {kJoinedFile, value.dump(1)}};
  for (const auto& [name, text] : files) {
    if (absl::Status written = WritePrivateFile(keys_folder + name, text); !written.ok()) return written;
  }
  return absl::OkStatus();
}

}  // namespace trellis
