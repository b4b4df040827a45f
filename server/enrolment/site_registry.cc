#include "server/enrolment/site_registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/identity/private_file.h"

namespace trellis {
namespace {

using nlohmann::json;

constexpr char kEnrolmentFile[] = "/enrolment.json";
constexpr char kRevocationsFile[] = "/revocations.json";
constexpr size_t kMaxFileBytes = 256u << 20;  // 10,000 sites with 32 codes each are far below

json ToJson(const RegisteredSite& site) {
  json codes = json::array();
  for (const IssuedCode& code : site.codes) {
    codes.push_back({{"secretHash", code.secret_hash},
                     {"expiresMs", code.expires_ms},
                     {"usedKey", code.used_key},
                     {"certificate", code.certificate},
                     {"frozen", code.frozen}});
  }
  json machines = json::array();
  for (const JoinedMachine& machine : site.machines) {
    machines.push_back({{"key", machine.key}, {"joinedMs", machine.joined_ms}});
  }
  return {{"site", site.site},
          {"displayName", site.display_name},
          {"identifier", site.identifier},
          {"organization", site.organization},
          {"lead", site.lead},
          {"leadAccount", site.lead_account},
          {"revoked", site.revoked},
          {"codes", codes},
          {"machines", machines}};
}

RegisteredSite SiteFromJson(const json& value) {
  RegisteredSite site;
  site.site = value.at("site");
  site.display_name = value.value("displayName", "");
  site.identifier = value.value("identifier", "");
  site.organization = value.value("organization", "");
  site.lead = value.value("lead", "");
  site.lead_account = value.value("leadAccount", "");
  site.revoked = value.value("revoked", false);
  for (const json& code : value.at("codes")) {
    site.codes.push_back({.secret_hash = code.at("secretHash"),
                          .expires_ms = code.at("expiresMs"),
                          .used_key = code.value("usedKey", ""),
                          .certificate = code.value("certificate", ""),
                          .frozen = code.value("frozen", false)});
  }
  for (const json& machine : value.at("machines")) {
    site.machines.push_back({.key = machine.at("key"), .joined_ms = machine.at("joinedMs")});
  }
  return site;
}

// The file's text, "" if there is none.
absl::StatusOr<std::string> ReadIfThere(const std::string& path) {
  absl::StatusOr<std::string> text = ReadPrivateFile(path, kMaxFileBytes);
  if (!text.ok() && text.status().code() == absl::StatusCode::kNotFound) return std::string();
  return text;
}

absl::Status NotUsable() {
  return absl::PermissionDeniedError(
      "this joining code is not known, has been used or was cancelled; ask the district for a fresh one");
}

}  // namespace

absl::StatusOr<std::unique_ptr<SiteRegistry>> SiteRegistry::Open(std::string folder) {
  std::unique_ptr<SiteRegistry> registry(new SiteRegistry(std::move(folder)));
  if (absl::Status loaded = registry->Load(); !loaded.ok()) return loaded;
  return registry;
}

absl::Status SiteRegistry::Load() {
  absl::StatusOr<std::string> sites = ReadIfThere(folder_ + kEnrolmentFile);
  if (!sites.ok()) return sites.status();
  absl::StatusOr<std::string> revocations = ReadIfThere(folder_ + kRevocationsFile);
  if (!revocations.ok()) return revocations.status();
  try {
    if (!sites->empty()) {
      const json file = json::parse(*sites);
      for (const json& value : file.at("sites")) {
        RegisteredSite site = SiteFromJson(value);
        sites_[site.site] = std::move(site);
      }
    }
    if (!revocations->empty()) {
      const json file = json::parse(*revocations);
      for (const json& value : file.at("revocations")) {
        revocations_[value.at("site")] = {.issued_up_to_ms = value.at("issuedUpToMs"),
                                          .reason = value.value("reason", "")};
      }
    }
  } catch (const json::exception& error) {
    return absl::DataLossError(
        fmt::format("{} is damaged ({}); put it back from a backup", folder_ + kEnrolmentFile, error.what()));
  }
  return absl::OkStatus();
}

absl::Status SiteRegistry::Save() const {
  json sites = json::array();
  for (const auto& [name, site] : sites_) sites.push_back(ToJson(site));
  return WritePrivateFile(folder_ + kEnrolmentFile, json({{"sites", sites}}).dump(1));
}

absl::Status SiteRegistry::SaveRevocations() const {
  json all = json::array();
  for (const auto& [site, revocation] : revocations_) {
    all.push_back(
        {{"site", site}, {"issuedUpToMs", revocation.issued_up_to_ms}, {"reason", revocation.reason}});
  }
  return WritePrivateFile(folder_ + kRevocationsFile, json({{"revocations", all}}).dump(1));
}

std::vector<RegisteredSite> SiteRegistry::All() const {
  std::lock_guard lock(mutex_);
  std::vector<RegisteredSite> all;
  for (const auto& [name, site] : sites_) all.push_back(site);
  return all;
}

std::optional<RegisteredSite> SiteRegistry::Find(std::string_view site) const {
  std::lock_guard lock(mutex_);
  auto it = sites_.find(site);
  if (it == sites_.end()) return std::nullopt;
  return it->second;
}

std::optional<RegisteredSite> SiteRegistry::FindByIdentifier(std::string_view identifier) const {
  std::lock_guard lock(mutex_);
  for (const auto& [name, site] : sites_) {
    if (site.identifier == identifier) return site;
  }
  return std::nullopt;
}

absl::Status SiteRegistry::Register(const RegisteredSite& site) {
  std::lock_guard lock(mutex_);
  RegisteredSite entry = site;
  if (auto it = sites_.find(site.site); it != sites_.end()) {
    entry.codes = it->second.codes;
    entry.machines = it->second.machines;
    entry.revoked = it->second.revoked;
  }
  sites_[site.site] = std::move(entry);
  return Save();
}

absl::Status SiteRegistry::AddCode(std::string_view site, IssuedCode code) {
  std::lock_guard lock(mutex_);
  auto it = sites_.find(site);
  if (it == sites_.end()) return absl::NotFoundError(fmt::format("there is no site {}", site));
  std::vector<IssuedCode>& codes = it->second.codes;
  codes.push_back(std::move(code));
  if (codes.size() > kMaxCodes) codes.erase(codes.begin());
  return Save();
}

absl::StatusOr<SiteRegistry::Redemption> SiteRegistry::Redeem(
    std::string_view secret_hash, const KeyHash& key, int64_t now_ms,
    const std::function<absl::StatusOr<std::string>(std::string_view site, int64_t issued_ms)>& issue) {
  std::lock_guard lock(mutex_);
  for (auto& [name, site] : sites_) {
    auto code = std::find_if(site.codes.begin(), site.codes.end(),
                             [&](const IssuedCode& each) { return each.secret_hash == secret_hash; });
    if (code == site.codes.end()) continue;
    if (code->frozen) return NotUsable();
    const std::string key_hex = KeyHashHex(key);
    if (code->used_key == key_hex) return Redemption{name, code->certificate};
    if (!code->used_key.empty()) {
      code->frozen = true;
      if (absl::Status saved = Save(); !saved.ok()) return saved;
      return absl::PermissionDeniedError(
          "this joining code has already been used by another machine; it is frozen now, and the district "
          "was told");
    }
    if (now_ms > code->expires_ms) {
      return absl::PermissionDeniedError("this joining code has expired; ask the district for a fresh one");
    }
    absl::StatusOr<std::string> certificate = issue(name, IssueTime(name, now_ms));
    if (!certificate.ok()) return certificate.status();
    code->used_key = key_hex;
    code->certificate = *certificate;
    site.machines.push_back({key_hex, now_ms});
    if (site.machines.size() > kMaxMachines) site.machines.erase(site.machines.begin());
    if (absl::Status saved = Save(); !saved.ok()) return saved;
    return Redemption{name, *std::move(certificate)};
  }
  return NotUsable();
}

absl::Status SiteRegistry::Revoke(std::string_view site, std::string_view reason, int64_t now_ms) {
  std::lock_guard lock(mutex_);
  auto it = sites_.find(site);
  if (it == sites_.end()) return absl::NotFoundError(fmt::format("there is no site {}", site));
  revocations_[std::string(site)] = {.issued_up_to_ms = now_ms, .reason = std::string(reason)};
  if (absl::Status saved = SaveRevocations(); !saved.ok()) return saved;
  it->second.revoked = true;
  it->second.codes.clear();
  it->second.machines.clear();
  return Save();
}

absl::Status SiteRegistry::LiftRevocation(std::string_view site) {
  std::lock_guard lock(mutex_);
  auto it = sites_.find(site);
  if (it == sites_.end()) return absl::NotFoundError(fmt::format("there is no site {}", site));
  if (!it->second.revoked) return absl::OkStatus();
  it->second.revoked = false;
  return Save();
}

int64_t SiteRegistry::IssueTime(std::string_view site, int64_t now_ms) const {
  auto it = revocations_.find(site);
  if (it == revocations_.end()) return now_ms;
  return std::max(now_ms, (it->second.issued_up_to_ms / 1000 + 1) * 1000);
}

bool SiteRegistry::IsShutOut(std::string_view site, int64_t issued_ms) const {
  std::lock_guard lock(mutex_);
  auto it = revocations_.find(site);
  return it != revocations_.end() && issued_ms <= it->second.issued_up_to_ms;
}

bool SiteRegistry::RememberMachine(std::string_view site, const KeyHash& key, int64_t now_ms) {
  std::lock_guard lock(mutex_);
  auto it = sites_.find(site);
  if (it == sites_.end()) {
    it = sites_.emplace(site, RegisteredSite{.site = std::string(site), .display_name = std::string(site)})
             .first;
  }
  std::vector<JoinedMachine>& machines = it->second.machines;
  const std::string hex = KeyHashHex(key);
  if (std::any_of(machines.begin(), machines.end(),
                  [&](const JoinedMachine& each) { return each.key == hex; })) {
    return false;
  }
  machines.push_back({hex, now_ms});
  // It is remembered for as long as the program runs even if the disk is full; the certificate itself proves
  // it again at the next start.
  Save().IgnoreError();
  return true;
}

}  // namespace trellis
