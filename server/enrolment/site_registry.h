// The sites of the district: their joining codes, the machines that have joined, and who is shut out.
//
// Kept in two files: `enrolment.json`, and `revocations.json`, which stands outside the backup set so that a
// restored server does not let in again whom it had shut out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/identity/keys.h"

namespace trellis {

// A code somebody was given.
struct IssuedCode {
  std::string secret_hash;  // SHA-256, hex
  int64_t expires_ms = 0;
  std::string used_key;     // hash of the key it was used with, hex; empty: not used yet
  std::string certificate;  // issued for that key, PEM
  bool frozen = false;      // used with two keys
};

// A machine that joined.
struct JoinedMachine {
  std::string key;  // hash of its key, hex
  int64_t joined_ms = 0;
  friend bool operator==(const JoinedMachine&, const JoinedMachine&) = default;
};

struct RegisteredSite {
  std::string site;  // scope name
  std::string display_name;
  std::string identifier;
  std::string organization;  // record id
  std::string lead;          // username
  std::string lead_account;  // record id
  std::vector<IssuedCode> codes;
  std::vector<JoinedMachine> machines;
  bool revoked = false;
};

// Thread-safe. Every change is durable before the call returns.
class SiteRegistry {
 public:
  // Codes and machines kept of one site at most; the oldest go first.
  static constexpr size_t kMaxCodes = 32;
  static constexpr size_t kMaxMachines = 256;

  // Files that are missing are taken as empty.
  static absl::StatusOr<std::unique_ptr<SiteRegistry>> Open(std::string folder);

  std::vector<RegisteredSite> All() const;
  std::optional<RegisteredSite> Find(std::string_view site) const;
  std::optional<RegisteredSite> FindByIdentifier(std::string_view identifier) const;

  // A new site, or new words about a known one (codes and machines are kept).
  absl::Status Register(const RegisteredSite& site);
  absl::Status AddCode(std::string_view site, IssuedCode code);

  struct Redemption {
    std::string site;
    std::string certificate;
  };
  // The certificate for the key, made by `issue` as of the time it is given if this is the code's first use.
  // The same key again gets the same certificate. PERMISSION_DENIED: unknown, expired, frozen or used with
  // another key (which freezes it).
  absl::StatusOr<Redemption> Redeem(
      std::string_view secret_hash, const KeyHash& key, int64_t now_ms,
      const std::function<absl::StatusOr<std::string>(std::string_view site, int64_t issued_ms)>& issue);

  // Certificates of the site issued up to now are shut out, its codes cancelled.
  absl::Status Revoke(std::string_view site, std::string_view reason, int64_t now_ms);
  // The site may have new certificates; old ones stay shut out.
  absl::Status LiftRevocation(std::string_view site);
  bool IsShutOut(std::string_view site, int64_t issued_ms) const;
  // A certificate of our authority that we do not remember, as after a restore: taken again.
  // True if it was unknown.
  bool RememberMachine(std::string_view site, const KeyHash& key, int64_t now_ms);

 private:
  explicit SiteRegistry(std::string folder) : folder_(std::move(folder)) {}
  absl::Status Load();
  // Now, or the first whole second after the site's revocation: certificates tell whole seconds.
  int64_t IssueTime(std::string_view site, int64_t now_ms) const;
  absl::Status Save() const;
  absl::Status SaveRevocations() const;

  struct Revocation {
    int64_t issued_up_to_ms = 0;
    std::string reason;
  };

  const std::string folder_;
  mutable std::mutex mutex_;
  std::map<std::string, RegisteredSite, std::less<>> sites_;
  std::map<std::string, Revocation, std::less<>> revocations_;  // by site
};

}  // namespace trellis
