// How far each site's records are in, for the stamp on reports.
#pragma once

#include <functional>
#include <vector>

#include "common/service/report_host.h"
#include "server/enrolment/site_registry.h"
#include "server/ingest/site_health.h"

namespace trellis {

// Thread-safe.
class DistrictCompleteness final : public SiteCompleteness {
 public:
  // Pointers must outlive the object.
  DistrictCompleteness(const SiteRegistry* registry, const SiteHealth* health, const Replica* replica,
                       const Clock* clock, std::function<bool()> in_rescue)
      : registry_(registry),
        health_(health),
        replica_(replica),
        clock_(clock),
        in_rescue_(std::move(in_rescue)),
        opened_ms_(clock->WallMs()) {}

  // Every registered site. "live" only while it is connected and everything it says it has is durable here.
  // A site that joined and has sent nothing yet is missing since it joined; one no machine has joined for
  // has nothing to send. While the district's store is in rescue, a site not yet verified since the store was
  // opened is being refilled.
  absl::StatusOr<std::vector<SiteCut>> Sites() const override;

 private:
  const SiteRegistry* const registry_;
  const SiteHealth* const health_;
  const Replica* const replica_;
  const Clock* const clock_;
  const std::function<bool()> in_rescue_;
  const int64_t opened_ms_;
};

}  // namespace trellis
