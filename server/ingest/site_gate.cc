#include "server/ingest/site_gate.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

#include "common/access/decision.h"
#include "server/enrolment/certificate_authority.h"

namespace trellis {
namespace {

Principal SitePrincipal(const std::string& site) {
  Principal principal;
  principal.type = PrincipalType::kSite;
  principal.account = "site/" + site;
  principal.name = site;
  principal.site = site;
  return principal;
}

std::string PeerName(const std::string& site, const KeyHash& key) {
  return fmt::format("site/{}/{}", site, KeyHashHex(key).substr(0, 16));
}

std::string SiteOfPeer(const std::string& peer) {
  const size_t begin = peer.find('/') + 1;
  return peer.substr(begin, peer.rfind('/') - begin);
}

}  // namespace

SiteGate::SiteGate(Options options, SiteRegistry* registry, SiteHealth* health, const KindRegistry* kinds,
                   const Clock* clock)
    : options_(std::move(options)), registry_(registry), health_(health), kinds_(kinds), clock_(clock) {}

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
  if (health_->catching_up() >= kMaxCatchingUp) {
    return absl::UnavailableError("many sites are catching up just now; this one's turn comes soon");
  }
  if (registry_->RememberMachine(site, facts->key, clock_->WallMs())) {
    spdlog::warn("site {} came with a certificate of ours that was not remembered (key {}); taken again",
                 site, KeyHashHex(facts->key));
  }
  const std::string peer = PeerName(site, facts->key);
  const std::string connection = fmt::format("{}#{}", peer, ++connections_);
  health_->Connected(site, connection);
  Admission admission;
  admission.config = ConfigFor(site, peer);
  admission.observer = [this, site, connection](const ExchangeStatus& status, bool ended) {
    health_->Observe(site, connection, status, ended);
    if (ended)
      spdlog::info("site {} left{}{}", site, status.close_reason.empty() ? "" : ": ", status.close_reason);
  };
  spdlog::info("site {} came", site);
  return admission;
}

void SiteGate::Opened(const std::string& peer, const Hello& hello) {
  spdlog::info("{} runs {}, opening {:016x}", peer, hello.software, hello.boot);
  const std::string site = SiteOfPeer(peer);
  for (const ScopeOpening& opening : hello.scopes) {
    if (opening.scope != site || lineages_.Continues(peer, opening.lineage)) continue;
    spdlog::warn("{} went back to an earlier state, or is one of two copies", peer);
    health_->Raise(
        site,
        "a machine of this site went back to an earlier state, or was copied; nothing is lost, but see "
        "that only one of the copies is used");
  }
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
  config.reconcile = options_.reconcile;
  config.durability_horizon_ms = options_.durability_horizon_ms;
  config.admit = [principal = SitePrincipal(site), kinds = kinds_](std::string_view scope,
                                                                   const Delta& delta) {
    const std::optional<ScopeName> name = ScopeName::Parse(scope);
    if (!name.has_value()) return absl::InvalidArgumentError("no such scope");
    absl::Status admitted = Require(principal, Action::kSyncPush, *name, kinds->Find(delta.kind));
    if (!admitted.ok()) {
      spdlog::warn("{} of {} in {} set aside: {}", delta.id.ToString(), principal.name, scope,
                   std::string(admitted.message()));
    }
    return admitted;
  };
  return config;
}

}  // namespace trellis
