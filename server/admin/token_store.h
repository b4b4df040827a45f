// The bearer tokens of a district: kept as SHA-256 in one private file.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/authenticator.h"

namespace trellis {

struct TokenEntry {
  std::string id;    // short, not secret
  std::string name;  // what it is for
  Grant grant;
  int64_t created_ms = 0;
  int64_t expires_ms = 0;  // 0: never
  std::string created_by;
};

// Thread-safe. Every change is durable before the call returns.
class TokenStore {
 public:
  static constexpr size_t kMaxTokens = 10'000;

  // `path`: the file; missing is empty.
  static absl::StatusOr<std::unique_ptr<TokenStore>> Open(std::string path, const Clock* clock);

  // The text of a new token: `trellis_` and 256 random bits. `entry.id` and `created_ms` are filled in.
  absl::StatusOr<std::string> Create(TokenEntry* entry);
  std::vector<TokenEntry> All() const;
  // NOT_FOUND if there is no such token.
  absl::Status Revoke(std::string_view id);
  // Whom a token speaks for: a service named as the token is.
  std::optional<Principal> Find(const TokenHash& hash) const;

 private:
  TokenStore(std::string path, const Clock* clock) : path_(std::move(path)), clock_(clock) {}
  absl::Status Load();
  absl::Status Save() const;

  const std::string path_;
  const Clock* const clock_;
  mutable std::mutex mutex_;
  std::map<TokenHash, TokenEntry> tokens_;
};

}  // namespace trellis
