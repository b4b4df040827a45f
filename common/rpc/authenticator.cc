#include "common/rpc/authenticator.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <utility>

namespace trellis {
namespace {

constexpr std::string_view kBearer = "Bearer ";
// No token of ours is longer; what is, is not hashed.
constexpr size_t kMaxTokenBytes = 256;

std::optional<std::string_view> AuthorizationOf(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  auto it = metadata.find("authorization");
  if (it == metadata.end()) return std::nullopt;
  return std::string_view(it->second.data(), it->second.size());
}

// "ipv4:10.0.0.1:5000" and "ipv6:[::1]:5000" without the port: one machine is one peer.
std::string_view AddressOf(std::string_view peer) {
  if (!peer.starts_with("ipv4:") && !peer.starts_with("ipv6:")) return peer;
  return peer.substr(0, peer.rfind(':'));
}

}  // namespace

TokenHash HashToken(std::string_view token) {
  TokenHash hash;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), hash.data());
  return hash;
}

TokenAuthenticator::TokenAuthenticator(TokenLookup lookup, const Clock* clock)
    : lookup_(std::move(lookup)), clock_(clock) {}

absl::StatusOr<Principal> TokenAuthenticator::Authenticate(const grpc::CallbackServerContext& context) const {
  return Check(AuthorizationOf(context).value_or(std::string_view()), context.peer());
}

absl::StatusOr<Principal> TokenAuthenticator::Check(std::string_view authorization,
                                                    std::string_view peer) const {
  if (authorization.starts_with(kBearer) && authorization.size() <= kBearer.size() + kMaxTokenBytes) {
    std::optional<Principal> principal = lookup_(HashToken(authorization.substr(kBearer.size())));
    if (principal.has_value()) return *std::move(principal);
  }
  return Refuse(AddressOf(peer));
}

absl::Status TokenAuthenticator::Refuse(std::string_view peer) const {
  const int64_t now = clock_->SteadyMs();
  std::lock_guard lock(mutex_);
  auto it = windows_.find(peer);
  if (it == windows_.end()) {
    if (windows_.size() >= kMaxPeers) {
      auto oldest = windows_.begin();
      for (auto at = windows_.begin(); at != windows_.end(); ++at) {
        if (at->second.began_ms < oldest->second.began_ms) oldest = at;
      }
      windows_.erase(oldest);
    }
    it = windows_.emplace(std::string(peer), Window{now, 0}).first;
  }
  Window& window = it->second;
  if (now - window.began_ms >= kWindowMs) window = Window{now, 0};
  if (++window.failures > kFreeFailures) {
    return absl::ResourceExhaustedError("too many wrong tokens from this address; wait a minute");
  }
  return absl::UnauthenticatedError(
      "sign in with a valid token: send the header 'authorization: Bearer TOKEN'");
}

LocalAuthenticator::LocalAuthenticator(std::function<absl::StatusOr<Principal>()> owner,
                                       std::shared_ptr<const Authenticator> tokens)
    : owner_(std::move(owner)), tokens_(std::move(tokens)) {}

absl::StatusOr<Principal> LocalAuthenticator::Authenticate(const grpc::CallbackServerContext& context) const {
  if (!AuthorizationOf(context).has_value()) return owner_();
  if (tokens_ == nullptr) {
    return absl::UnauthenticatedError(
        "tokens are known at the server only; leave the token out at the local socket");
  }
  return tokens_->Authenticate(context);
}

}  // namespace trellis
