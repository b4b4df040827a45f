#include "server/enrolment/joining.h"

#include <fmt/format.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "common/identity/base32.h"
#include "common/identity/joining_code.h"
#include "spdlog/spdlog.h"

namespace trellis {
namespace {

using nlohmann::json;

std::string HashOfSecret(std::string_view secret) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), hash);
  std::string hex;
  for (const unsigned char byte : hash) hex += fmt::format("{:02x}", byte);
  return hex;
}

struct JoinRequest {
  std::string secret;  // bytes
  std::string certificate_request;
};

absl::StatusOr<JoinRequest> ParseJoinRequest(std::string_view text) {
  const json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object() || !value.contains("secret") || !value.contains("request") ||
      !value["secret"].is_string() || !value["request"].is_string()) {
    return absl::InvalidArgumentError("send {\"secret\": ..., \"request\": ...}");
  }
  std::optional<std::string> secret = DecodeBase32(value["secret"].get<std::string>());
  if (!secret.has_value()) return absl::InvalidArgumentError("the secret is mistyped");
  return JoinRequest{*std::move(secret), value["request"]};
}

}  // namespace

Joining::Joining(SiteRegistry* registry, const CertificateAuthority* authority, DistrictFacts district,
                 KeyHash server_key, const Clock* clock)
    : registry_(registry),
      authority_(authority),
      district_(std::move(district)),
      server_key_(server_key),
      clock_(clock) {}

void Joining::SetListener(std::string host, uint16_t port) {
  host_ = std::move(host);
  port_ = port;
}

absl::StatusOr<Joining::FreshCode> Joining::MakeCode(std::string_view site, int64_t lifetime_ms) {
  JoiningCode code;
  if (RAND_bytes(code.secret.data(), static_cast<int>(code.secret.size())) != 1) {
    return absl::UnavailableError("no random numbers to be had");
  }
  code.server_key = server_key_;
  code.host = host_;
  code.port = port_;
  code.expires_s = static_cast<uint32_t>((clock_->WallMs() + lifetime_ms) / 1000);
  const int64_t expires_ms = static_cast<int64_t>(code.expires_s) * 1000;
  const std::string_view secret(reinterpret_cast<const char*>(code.secret.data()), code.secret.size());
  absl::Status added =
      registry_->AddCode(site, IssuedCode{.secret_hash = HashOfSecret(secret), .expires_ms = expires_ms});
  if (!added.ok()) return added;
  return FreshCode{EncodeJoiningCode(code), expires_ms};
}

absl::StatusOr<std::string> Joining::Answer(std::string_view json_request) {
  absl::StatusOr<JoinRequest> request = ParseJoinRequest(json_request);
  if (!request.ok()) return request.status();
  absl::StatusOr<KeyHash> key = KeyOfRequest(request->certificate_request);
  if (!key.ok()) return key.status();
  const int64_t now_ms = clock_->WallMs();
  absl::StatusOr<SiteRegistry::Redemption> redeemed = registry_->Redeem(
      HashOfSecret(request->secret), *key, now_ms, [&](std::string_view site, int64_t issued_ms) {
        return authority_->IssueSite(request->certificate_request, SiteUri(district_.id, site), issued_ms);
      });
  if (!redeemed.ok()) {
    spdlog::warn("joining refused: {}", std::string(redeemed.status().message()));
    return redeemed.status();
  }
  const std::optional<RegisteredSite> site = registry_->Find(redeemed->site);
  if (!site.has_value()) return absl::NotFoundError("the site is gone");
  spdlog::info("site {} joined with key {}", site->site, KeyHashHex(*key));
  return json({{"certificate", redeemed->certificate},
               {"authority", authority_->certificate_pem()},
               {"site", site->site},
               {"siteName", site->display_name},
               {"district", district_.id},
               {"districtName", district_.name},
               {"districtKey", district_.key_hex},
               {"bundleKey", district_.bundle_key_hex},
               {"account", site->lead_account},
               {"accountName", site->lead}})
      .dump();
}

}  // namespace trellis
