// Who may sync with the district, with which scopes, and which records are taken from them.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "common/record/kind_registry.h"
#include "common/rpc/sync_service.h"
#include "common/time/clock.h"
#include "server/admission/admission_queue.h"
#include "server/enrolment/site_registry.h"
#include "server/ingest/lineage_watch.h"
#include "server/ingest/site_health.h"

namespace trellis {

// What a machine is called where cursors are kept. `key_hash`: hex.
std::string SitePeerName(const std::string& site, const std::string& key_hash);

// A site's machine whose bundle may be taken in.
struct BundleAdmission {
  std::string site;
  ExchangeConfig config;  // as of a session with it
};

// Thread-safe.
class SiteGate final : public SyncGate {
 public:
  struct Options {
    std::string district;
    std::string district_name;
    std::string software;
    HashKey district_key{};
    bool reconcile = false;  // the store is in rescue
    int catching_up_at_once = AdmissionQueue::kPlaces;
    VoucherKey voucher_key{};
    std::function<std::string(std::string_view statement)> sign;
    // Where the times of backups are told: the oldest that can be restored, and the newest.
    const std::atomic<int64_t>* durability_horizon_ms = nullptr;
    const std::atomic<int64_t>* backed_up_to_ms = nullptr;
  };
  // Pointers must outlive the gate.
  SiteGate(Options options, Replica* replica, SiteRegistry* registry, SiteHealth* health,
           const KindRegistry* kinds, const Clock* clock);

  absl::StatusOr<Admission> Admit(const PeerCertificate& certificate) override;
  void Opened(const std::string& peer, const Hello& hello) override;

  // How what came from the peer is taken: to take what was set aside again.
  ApplyOptions OptionsFor(const std::string& peer) const;

  // How many hold a place, and how many were asked to come back.
  size_t catching_up() const;
  size_t waiting() const;
  // As Admit, for what a machine sent without a connection. The certificate is of our authority;
  // PERMISSION_DENIED: it is no site's, or shut out.
  absl::StatusOr<BundleAdmission> AdmitBundle(const std::string& certificate_pem);
  // What was carried has been taken in, and this is how far the site's scopes are held now. May block on the
  // store.
  void Carried(const std::string& peer, const Hello& hello, const std::vector<ScopeProgress>& progress);

 private:
  absl::Status TakePlace(const std::string& peer, const std::string& connection);
  void LeavePlace(const std::string& connection);
  void RaiseSetAside(const std::string& site, const ExchangeStatus& status);
  // Sites whose records the site's daemon holds beside its own.
  std::vector<std::string> AlsoHeldBy(const std::string& site) const;
  ExchangeConfig ConfigFor(const std::string& site, const std::string& peer) const;
  // Told once, when a store turns up that went back or was copied.
  void WatchLineage(const std::string& site, const std::string& peer, const ScopeOpening& opening);
  // May block on the store.
  void SaveLineage(const std::string& peer);

  const Options options_;
  Replica* const replica_;
  SiteRegistry* const registry_;
  SiteHealth* const health_;
  const KindRegistry* const kinds_;
  const Clock* const clock_;
  mutable std::mutex queue_mutex_;
  AdmissionQueue queue_;
  LineageWatch lineages_;
  std::atomic<uint64_t> connections_ = 0;  // counted, so that one is told from the next of the same machine
};

}  // namespace trellis
