#include "server/ingest/site_gate.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "common/access/decision.h"
#include "common/attachment/attachment_part.h"
#include "common/rpc/error_reason.h"
#include "common/service/granted_sites.h"
#include "server/enrolment/certificate_authority.h"

namespace trellis {
namespace {

Principal SitePrincipal(const std::string& site, const std::vector<std::string>& also) {
  Principal principal;
  principal.type = PrincipalType::kSite;
  principal.account = "site/" + site;
  principal.name = site;
  principal.site = site;
  for (const std::string& other : also) principal.grants.push_back({Role::kSiteStaff, other});
  return principal;
}

std::string PeerName(const std::string& site, const KeyHash& key) {
  return fmt::format("site/{}/{}", site, KeyHashHex(key).substr(0, 16));
}

std::string LineageKey(const std::string& peer) { return fmt::format("lineage/{}", peer); }

std::string SiteOfPeer(const std::string& peer) {
  const size_t begin = peer.find('/') + 1;
  return peer.substr(begin, peer.rfind('/') - begin);
}

// Everything the site said it has is durable here.
bool HasCaughtUp(const ExchangeStatus& status) {
  return status.welcomed &&
         std::all_of(status.scopes.begin(), status.scopes.end(),
                     [](const ScopeProgress& scope) { return scope.pulled >= scope.peer_head; });
}

}  // namespace

SiteGate::SiteGate(Options options, Replica* replica, SiteRegistry* registry, SiteHealth* health,
                   const KindRegistry* kinds, const Clock* clock)
    : options_(std::move(options)),
      replica_(replica),
      registry_(registry),
      health_(health),
      kinds_(kinds),
      clock_(clock),
      queue_(options_.catching_up_at_once) {}

absl::StatusOr<Admission> SiteGate::Admit(const PeerCertificate& certificate) {
  absl::StatusOr<CertificateFacts> facts = ReadCertificate(certificate.pem);
  if (!facts.ok()) return absl::PermissionDeniedError("no certificate of this district was shown");
  const std::string site = SiteOfUri(options_.district, facts->uri);
  if (!IsSiteName(site)) {
    spdlog::warn("sync refused: certificate names {}", facts->uri);
    return absl::PermissionDeniedError("this certificate is not for a site of this district");
  }
  if (registry_->IsShutOut(site, facts->not_before_ms + kBackdateMs)) {
    spdlog::warn("sync refused: {} is shut out", site);
    return absl::PermissionDeniedError(
        "this machine has been shut out by the district; its work is kept here, ask for a fresh joining "
        "code");
  }
  const std::string peer = PeerName(site, facts->key);
  const std::string connection = fmt::format("{}#{}", peer, ++connections_);
  if (absl::Status placed = TakePlace(peer, connection); !placed.ok()) return placed;
  if (registry_->RememberMachine(site, facts->key, clock_->WallMs())) {
    spdlog::warn("site {} came with a certificate of ours that was not remembered (key {}); taken again",
                 site, KeyHashHex(facts->key));
  }
  health_->Connected(site, connection);
  Admission admission;
  admission.config = ConfigFor(site, peer);
  admission.observer = [this, site, peer, connection, raised = std::make_shared<uint64_t>(0)](
                           const ExchangeStatus& status, bool ended) {
    if (status.set_aside > *raised) {
      *raised = status.set_aside;
      RaiseSetAside(site, status);
    }
    health_->Observe(site, connection, status, ended);
    SaveLineage(peer);
    if (ended || HasCaughtUp(status)) LeavePlace(connection);
    health_->NoteAcknowledged(peer, status);
    if (ended)
      spdlog::info("site {} left{}{}", site, status.close_reason.empty() ? "" : ": ", status.close_reason);
  };
  spdlog::info("site {} came", site);
  return admission;
}

void SiteGate::RaiseSetAside(const std::string& site, const ExchangeStatus& status) {
  const std::string words =
      status.forged > 0
          ? fmt::format(
                "a machine of this site sent {} record(s) that speak for others ({}); they are not taken. "
                "Look at it: `trellis quarantine list`",
                status.forged, status.forged_words)
          : fmt::format("{} record(s) from this site were set aside: `trellis quarantine list` says why",
                        status.set_aside);
  spdlog::warn("site {}: {}", site, words);
  health_->Raise(site, words);
}

absl::Status SiteGate::TakePlace(const std::string& peer, const std::string& connection) {
  std::lock_guard lock(queue_mutex_);
  const uint32_t wait_ms = queue_.Ask(peer, connection, clock_->SteadyMs());
  if (wait_ms == 0) return absl::OkStatus();
  absl::Status later =
      absl::UnavailableError("many sites are catching up just now; this one's turn comes soon");
  SetRetryAfter(wait_ms, &later);
  return later;
}

void SiteGate::LeavePlace(const std::string& connection) {
  std::lock_guard lock(queue_mutex_);
  queue_.Leave(connection, clock_->SteadyMs());
}

size_t SiteGate::catching_up() const {
  std::lock_guard lock(queue_mutex_);
  return queue_.inside();
}

size_t SiteGate::waiting() const {
  std::lock_guard lock(queue_mutex_);
  return queue_.waiting();
}

void SiteGate::Opened(const std::string& peer, const Hello& hello) {
  spdlog::info("{} runs {}, opening {:016x}", peer, hello.software, hello.boot);
  const std::string site = SiteOfPeer(peer);
  for (const ScopeOpening& opening : hello.scopes) {
    if (opening.scope == site) WatchLineage(site, peer, opening);
  }
}

std::string SitePeerName(const std::string& site, const std::string& key_hash) {
  return fmt::format("site/{}/{}", site, key_hash.substr(0, 16));
}

absl::StatusOr<BundleAdmission> SiteGate::AdmitBundle(const std::string& certificate_pem) {
  const absl::StatusOr<CertificateFacts> facts = ReadCertificate(certificate_pem);
  if (!facts.ok()) return absl::PermissionDeniedError("the bundle's certificate cannot be read");
  const std::string site = SiteOfUri(options_.district, facts->uri);
  if (!IsSiteName(site))
    return absl::PermissionDeniedError("the bundle was not made by a site of this district");
  if (registry_->IsShutOut(site, facts->not_before_ms + kBackdateMs)) {
    spdlog::warn("a bundle was refused: {} is shut out", site);
    return absl::PermissionDeniedError(
        "the machine that made this bundle has been shut out by the district; its work is kept there, it "
        "needs a "
        "fresh joining code");
  }
  registry_->RememberMachine(site, facts->key, clock_->WallMs());
  return BundleAdmission{site, ConfigFor(site, SitePeerName(site, KeyHashHex(facts->key)))};
}

void SiteGate::Carried(const std::string& peer, const Hello& hello,
                       const std::vector<ScopeProgress>& progress) {
  Opened(peer, hello);
  SaveLineage(peer);
  const std::string site = SiteOfPeer(peer);
  for (const ScopeProgress& scope : progress) {
    if (scope.scope == site) health_->Carried(site, scope, hello.wall_ms);
  }
}

void SiteGate::WatchLineage(const std::string& site, const std::string& peer, const ScopeOpening& opening) {
  if (!lineages_.Remembers(peer)) {
    const absl::StatusOr<std::optional<std::string>> saved = replica_->GetMeta(LineageKey(peer));
    lineages_.Restore(peer, saved.ok() && saved->has_value() ? **saved : std::string());
  }
  std::map<Epoch, uint64_t> seen;
  const absl::StatusOr<std::vector<PeerCursor>> cursors = replica_->Cursors(peer, opening.scope);
  if (cursors.ok()) {
    for (const PeerCursor& cursor : *cursors)
      seen[cursor.epoch] = std::max({seen[cursor.epoch], cursor.seen, cursor.seq});
  }
  if (lineages_.Continues(peer, opening.lineage, seen)) return;
  spdlog::warn("{} went back to an earlier state, or is one of two copies", peer);
  health_->Raise(
      site,
      "a machine of this site went back to an earlier state, or was copied; nothing is lost, but see "
      "that only one of the copies is used");
}

void SiteGate::SaveLineage(const std::string& peer) {
  const std::optional<std::string> unsaved = lineages_.TakeUnsaved(peer);
  // Lost with a full disk, a copy may be told of twice.
  if (unsaved.has_value()) replica_->PutMeta(LineageKey(peer), *unsaved).IgnoreError();
}

ApplyOptions SiteGate::OptionsFor(const std::string& peer) const {
  return ApplyOptionsOf(ConfigFor(SiteOfPeer(peer), peer), *clock_);
}

std::vector<std::string> SiteGate::AlsoHeldBy(const std::string& site) const {
  const std::optional<RegisteredSite> registered = registry_->Find(site);
  if (!registered.has_value()) return {};
  std::set<std::string> names = {registered->lead, registered->lead_account};
  names.erase("");
  const absl::StatusOr<std::vector<std::string>> also =
      GrantedSites(*replica_, *kinds_, site, names, DayOf(clock_->WallMs()));
  if (!also.ok()) {
    spdlog::warn("the role grants of {} cannot be read: {}", site, std::string(also.status().message()));
    return {};
  }
  return *also;
}

ExchangeConfig SiteGate::ConfigFor(const std::string& site, const std::string& peer) const {
  ExchangeConfig config;
  config.side = Side::kServer;
  config.peer = peer;
  config.store = options_.district_name;
  config.software = options_.software;
  config.district_key = options_.district_key;
  config.scopes = {{.scope = "shared", .pull = true, .push = true},
                   {.scope = site, .pull = true, .push = true},
                   {.scope = site + "!up", .pull = false, .push = true}};
  const std::vector<std::string> also = AlsoHeldBy(site);
  for (const std::string& other : also) config.scopes.push_back({.scope = other, .pull = true, .push = true});
  config.reconcile = options_.reconcile;
  config.writers = WriterRule{options_.voucher_key, site};
  config.sign = options_.sign;
  if (options_.durability_horizon_ms != nullptr)
    config.durability_horizon_ms = *options_.durability_horizon_ms;
  config.backed_up_to_ms = options_.backed_up_to_ms;
  const std::string notice = health_->Of(site).notice;
  if (!notice.empty()) config.notices.push_back(notice);
  config.admit = [principal = SitePrincipal(site, also), kinds = kinds_](std::string_view scope,
                                                                         const Delta& delta) {
    const std::optional<ScopeName> name = ScopeName::Parse(scope);
    if (!name.has_value()) return absl::InvalidArgumentError("no such scope");
    const KindInfo* kind = kinds->Find(delta.kind);
    absl::Status admitted = Require(principal, Action::kSyncPush, *name, kind);
    if (!admitted.ok() && kind == nullptr) {
      admitted = absl::FailedPreconditionError(fmt::format(
          "this server does not know records of kind {} yet; upgraded, it takes them", delta.kind));
    }
    if (admitted.ok() && delta.kind == kPartKind) admitted = CheckPartCells(delta.id, delta.cells);
    if (!admitted.ok()) {
      spdlog::warn("{} of {} in {} set aside: {}", delta.id.ToString(), principal.name, scope,
                   std::string(admitted.message()));
    }
    return admitted;
  };
  return config;
}

}  // namespace trellis
