#include "server/admin/token_store.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "common/access/principal.h"
#include "common/identity/base32.h"
#include "common/identity/private_file.h"

namespace trellis {
namespace {

using nlohmann::json;

constexpr size_t kTokenBytes = 32;
constexpr size_t kIdBytes = 5;
constexpr size_t kMaxFileBytes = 16u << 20;

absl::StatusOr<std::string> RandomText(size_t bytes) {
  std::string raw(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) != 1) {
    return absl::UnavailableError("no random numbers to be had");
  }
  std::string text = EncodeBase32(raw);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string HexOf(const TokenHash& hash) {
  std::string hex;
  for (const uint8_t byte : hash) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::optional<TokenHash> HashFromHex(const std::string& hex) {
  TokenHash hash;
  if (hex.size() != 2 * hash.size()) return std::nullopt;
  for (size_t i = 0; i < hash.size(); ++i) {
    if (std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, hash[i], 16).ec != std::errc())
      return std::nullopt;
  }
  return hash;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenStore>> TokenStore::Open(std::string path, const Clock* clock) {
  std::unique_ptr<TokenStore> store(new TokenStore(std::move(path), clock));
  if (absl::Status loaded = store->Load(); !loaded.ok()) return loaded;
  return store;
}

absl::Status TokenStore::Load() {
  absl::StatusOr<std::string> text = ReadPrivateFile(path_, kMaxFileBytes);
  if (!text.ok()) {
    return text.status().code() == absl::StatusCode::kNotFound ? absl::OkStatus() : text.status();
  }
  try {
    const json file = json::parse(*text);
    for (const json& value : file.at("tokens")) {
      const std::optional<TokenHash> hash = HashFromHex(value.at("hash"));
      if (!hash.has_value()) continue;
      tokens_[*hash] = {.id = value.at("id"),
                        .name = value.at("name"),
                        .grant = {static_cast<Role>(value.at("role").get<int>()), value.at("site")},
                        .created_ms = value.at("createdMs"),
                        .expires_ms = value.at("expiresMs"),
                        .created_by = value.value("createdBy", "")};
    }
  } catch (const json::exception& error) {
    return absl::DataLossError(
        fmt::format("{} is damaged ({}); put it back from a backup", path_, error.what()));
  }
  return absl::OkStatus();
}

absl::Status TokenStore::Save() const {
  json tokens = json::array();
  for (const auto& [hash, entry] : tokens_) {
    tokens.push_back({{"hash", HexOf(hash)},
                      {"id", entry.id},
                      {"name", entry.name},
                      {"role", static_cast<int>(entry.grant.role)},
                      {"site", entry.grant.site},
                      {"createdMs", entry.created_ms},
                      {"expiresMs", entry.expires_ms},
                      {"createdBy", entry.created_by}});
  }
  return WritePrivateFile(path_, json({{"tokens", tokens}}).dump(1));
}

absl::StatusOr<std::string> TokenStore::Create(TokenEntry* entry) {
  absl::StatusOr<std::string> secret = RandomText(kTokenBytes);
  if (!secret.ok()) return secret.status();
  absl::StatusOr<std::string> id = RandomText(kIdBytes);
  if (!id.ok()) return id.status();
  std::lock_guard lock(mutex_);
  if (tokens_.size() >= kMaxTokens) {
    return absl::ResourceExhaustedError(fmt::format("there are {} tokens already; revoke some", kMaxTokens));
  }
  entry->id = *id;
  entry->created_ms = clock_->WallMs();
  const std::string token = "trellis_" + *secret;
  tokens_[HashToken(token)] = *entry;
  if (absl::Status saved = Save(); !saved.ok()) {
    tokens_.erase(HashToken(token));
    return saved;
  }
  return token;
}

std::vector<TokenEntry> TokenStore::All() const {
  std::lock_guard lock(mutex_);
  std::vector<TokenEntry> all;
  for (const auto& [hash, entry] : tokens_) all.push_back(entry);
  std::sort(all.begin(), all.end(), [](const TokenEntry& a, const TokenEntry& b) {
    return std::tie(a.created_ms, a.id) < std::tie(b.created_ms, b.id);
  });
  return all;
}

absl::Status TokenStore::Revoke(std::string_view id) {
  std::lock_guard lock(mutex_);
  auto it =
      std::find_if(tokens_.begin(), tokens_.end(), [&](const auto& each) { return each.second.id == id; });
  if (it == tokens_.end()) return absl::NotFoundError(fmt::format("there is no token {}", id));
  const auto taken = tokens_.extract(it);  // it is dead from now on, even if the disk refuses
  return Save();
}

std::optional<Principal> TokenStore::Find(const TokenHash& hash) const {
  std::lock_guard lock(mutex_);
  auto it = tokens_.find(hash);
  if (it == tokens_.end()) return std::nullopt;
  const TokenEntry& entry = it->second;
  if (entry.expires_ms != 0 && clock_->WallMs() >= entry.expires_ms) return std::nullopt;
  Principal principal;
  principal.type = PrincipalType::kService;
  principal.account = "token/" + entry.id;
  principal.name = entry.name;
  if (entry.grant.site != kWholeDistrict) principal.site = entry.grant.site;
  principal.grants = {entry.grant};
  return principal;
}

}  // namespace trellis
