// Who is calling: turns the credentials of a call into a principal. What the principal may do is decided
// elsewhere (common/access).
#pragma once

#include <grpcpp/grpcpp.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/access/principal.h"
#include "common/time/clock.h"

namespace trellis {

// Thread-safe; never blocks on disk, so it may be called on a gRPC thread.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // UNAUTHENTICATED in the same words whatever was wrong; RESOURCE_EXHAUSTED while a peer is throttled.
  virtual absl::StatusOr<Principal> Authenticate(const grpc::CallbackServerContext& context) const = 0;
};

using TokenHash = std::array<uint8_t, 32>;

// SHA-256 of the token's text: the only form in which a token is kept.
TokenHash HashToken(std::string_view token);

// Finds whom a token speaks for; nullopt if there is no such token, or it is revoked or expired.
using TokenLookup = std::function<std::optional<Principal>(const TokenHash& hash)>;

// `authorization: Bearer <token>`. After kFreeFailures wrong tokens from one address within a minute, further
// wrong ones from there are answered with RESOURCE_EXHAUSTED; a right token always passes.
class TokenAuthenticator final : public Authenticator {
 public:
  static constexpr int kFreeFailures = 30;
  static constexpr int64_t kWindowMs = 60'000;
  // Addresses remembered at most; the oldest window goes first.
  static constexpr size_t kMaxPeers = 4'096;

  TokenAuthenticator(TokenLookup lookup, const Clock* clock);
  absl::StatusOr<Principal> Authenticate(const grpc::CallbackServerContext& context) const override;
  // The same for a token and a peer's address as gRPC prints it, whatever the transport.
  absl::StatusOr<Principal> Check(std::string_view authorization, std::string_view peer) const;

 private:
  struct Window {
    int64_t began_ms = 0;
    int failures = 0;
  };
  absl::Status Refuse(std::string_view peer) const;

  const TokenLookup lookup_;
  const Clock* const clock_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Window, std::less<>> windows_;  // by address without port
};

// A local socket only its owner can open: whoever calls without a token is `owner()`; a token that is sent
// must be right. `owner` is asked at every call, so a change of roles takes effect at once.
class LocalAuthenticator final : public Authenticator {
 public:
  LocalAuthenticator(std::function<absl::StatusOr<Principal>()> owner,
                     std::shared_ptr<const Authenticator> tokens);
  absl::StatusOr<Principal> Authenticate(const grpc::CallbackServerContext& context) const override;

 private:
  const std::function<absl::StatusOr<Principal>()> owner_;
  const std::shared_ptr<const Authenticator> tokens_;  // may be null: no token is known here
};

}  // namespace trellis
