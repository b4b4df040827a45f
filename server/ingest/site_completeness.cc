#include "server/ingest/site_completeness.h"

#include <algorithm>

namespace trellis {
namespace {

int64_t FirstJoinedMs(const RegisteredSite& site) {
  const auto first = std::min_element(
      site.machines.begin(), site.machines.end(),
      [](const JoinedMachine& a, const JoinedMachine& b) { return a.joined_ms < b.joined_ms; });
  return first->joined_ms;
}

}  // namespace

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
    } else if (site.machines.empty()) {
      cut.state = "not joined";
    } else {
      cut.missing_since_ms = FirstJoinedMs(site);
      cut.state = "missing";
    }
    cut.refilling = !site.machines.empty() && health.verified_ms < opened_ms_ && in_rescue_();
    if (cut.refilling) cut.state = "being refilled";
    const absl::StatusOr<std::vector<SetAside>> set_aside = replica_->SetAsides(site.site);
    if (!set_aside.ok()) return set_aside.status();
    cut.set_aside = set_aside->size();
    cuts.push_back(std::move(cut));
  }
  return cuts;
}

}  // namespace trellis
