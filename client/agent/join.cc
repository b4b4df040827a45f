#include "client/agent/join.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "client/agent/pinned_post.h"
#include "common/identity/base32.h"
#include "common/identity/joining_code.h"
#include "common/identity/keys.h"

namespace trellis {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kTimeout{15};
// How far this machine's clock may be wrong before a code that seems expired is refused without asking.
constexpr int64_t kClockDoubtMs = 24LL * 60 * 60 * 1000;

absl::StatusOr<Membership> ReadReply(const HttpReply& reply) {
  const json value = json::parse(reply.body, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return absl::UnavailableError("the server's reply cannot be read; try again");
  if (reply.status != 200) {
    const std::string message = value.value("message", "the server refused");
    return reply.status == 403 || reply.status == 400 ? absl::PermissionDeniedError(message)
                                                      : absl::UnavailableError(message);
  }
  Membership membership;
  try {
    membership.certificate = value.at("certificate");
    membership.authority = value.at("authority");
    membership.site = value.at("site");
    membership.site_name = value.at("siteName");
    membership.district = value.at("district");
    membership.district_name = value.at("districtName");
    membership.bundle_key_hex = value.value("bundleKey", std::string());
    membership.account = value.at("account");
    membership.account_name = value.at("accountName");
    const std::optional<HashKey> key = ParseHashKey(value.at("districtKey").get<std::string>());
    if (!key.has_value()) return absl::UnavailableError("the server's reply names no district key");
    membership.district_key = *key;
  } catch (const json::exception& error) {
    return absl::UnavailableError(fmt::format("the server's reply cannot be read: {}", error.what()));
  }
  return membership;
}

}  // namespace

absl::StatusOr<Membership> JoinDistrict(const std::string& keys_folder, const std::string& sync_server,
                                        std::string_view code_line, const Clock& clock,
                                        std::string_view proxy_option) {
  absl::StatusOr<JoiningCode> code = DecodeJoiningCode(code_line);
  if (!code.ok()) return code.status();
  if (clock.WallMs() > static_cast<int64_t>(code->expires_s) * 1000 + kClockDoubtMs) {
    return absl::PermissionDeniedError(
        "this joining code has expired; ask the district for a fresh one (and see that this machine's clock "
        "is right)");
  }
  absl::StatusOr<std::string> key = LoadOrMakePrivateKey(keys_folder);
  if (!key.ok()) return key.status();
  absl::StatusOr<std::string> request = MakeCertificateRequest(*key);
  if (!request.ok()) return request.status();
  const std::string_view secret(reinterpret_cast<const char*>(code->secret.data()), code->secret.size());
  const absl::StatusOr<std::optional<HttpProxy>> proxy =
      ChooseProxy(proxy_option, ProcessEnvironment(), code->host);
  if (!proxy.ok()) return proxy.status();
  absl::StatusOr<HttpReply> reply = PostToPinnedServer(
      code->host, code->port, code->server_key, "/join",
      json({{"secret", EncodeBase32(secret)}, {"request", *request}}).dump(), kTimeout, *proxy);
  if (!reply.ok()) return reply.status();
  absl::StatusOr<Membership> membership = ReadReply(*reply);
  if (!membership.ok()) return membership.status();
  membership->private_key = *std::move(key);
  membership->server = sync_server;

  const absl::StatusOr<Membership> before = LoadMembership(keys_folder);
  if (before.ok() && (before->district != membership->district || before->site != membership->site)) {
    return absl::FailedPreconditionError(
        fmt::format("this folder belongs to {} of {}; join {} of {} with another folder", before->site_name,
                    before->district_name, membership->site_name, membership->district_name));
  }
  if (absl::Status saved = SaveMembership(keys_folder, *membership); !saved.ok()) return saved;
  return membership;
}

}  // namespace trellis
