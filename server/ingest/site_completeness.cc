#include "server/ingest/site_completeness.h"

namespace trellis {

absl::StatusOr<std::vector<SiteCut>> DistrictCompleteness::Sites() const {
  std::vector<SiteCut> cuts;
  for (const RegisteredSite& site : registry_->All()) {
    const SiteHealthRow health = health_->Of(site.site);
    SiteCut cut;
    cut.site = site.display_name;
    cut.site_id = site.site;
    if (health.connections > 0 && health.behind == 0 && health.caught_up_ms != 0) {
      cut.included_up_to_ms = clock_->WallMs();
      cut.state = "live";
    } else if (health.caught_up_ms != 0) {
      cut.included_up_to_ms = health.caught_up_ms;
      cut.missing_since_ms = health.caught_up_ms;
      cut.state = health.connections > 0 ? "behind" : "missing";
    } else {
      cut.state = site.machines.empty() ? "not joined" : "missing";
    }
    cuts.push_back(std::move(cut));
  }
  return cuts;
}

}  // namespace trellis
