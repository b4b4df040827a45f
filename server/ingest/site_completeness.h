// How far each site's records are in, for the stamp on reports.
#pragma once

#include <vector>

#include "common/service/report_host.h"
#include "server/enrolment/site_registry.h"
#include "server/ingest/site_health.h"

namespace trellis {

// Thread-safe.
class DistrictCompleteness final : public SiteCompleteness {
 public:
  // Pointers must outlive the object.
  DistrictCompleteness(const SiteRegistry* registry, const SiteHealth* health, const Clock* clock)
      : registry_(registry), health_(health), clock_(clock) {}

  // Every registered site. "live" only while it is connected and everything it says it has is durable here.
  absl::StatusOr<std::vector<SiteCut>> Sites() const override;

 private:
  const SiteRegistry* const registry_;
  const SiteHealth* const health_;
  const Clock* const clock_;
};

}  // namespace trellis
