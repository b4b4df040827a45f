#include "common/service/report_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "common/rpc/error_reason.h"

namespace trellis {
namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string MissingSites(const Cut& cut) {
  std::string names;
  for (const SiteCut& site : cut.sites) {
    if (site.Complete()) continue;
    names += (names.empty() ? "" : ", ") + site.site;
    if (site.refilling) names += " (being refilled)";
    if (site.set_aside > 0) names += fmt::format(" ({} records set aside)", site.set_aside);
  }
  return names.empty() ? "some sites" : names;
}

}  // namespace

absl::StatusOr<std::vector<SiteCut>> OwnCompleteness::Sites() const {
  SiteCut cut;
  cut.site_id = site_;
  cut.included_up_to_ms = clock_->WallMs();
  cut.refilling = refilling_();
  cut.state = cut.refilling ? "being refilled" : "own records";
  const absl::StatusOr<std::vector<SetAside>> set_aside = replica_->SetAsides(site_);
  if (!set_aside.ok()) return set_aside.status();
  cut.set_aside = set_aside->size();
  return std::vector<SiteCut>{std::move(cut)};
}

absl::Status ReportHost::CatchUp() {
  std::unique_lock<std::shared_mutex> lock(mutex_);
  return follower_.CatchUp();
}

absl::Status ReportHost::Checkpoint() {
  std::unique_lock<std::shared_mutex> lock(mutex_);
  return follower_.Checkpoint();
}

bool ReportHost::ViewRests() const {
  std::shared_lock<std::shared_mutex> lock(mutex_);
  return follower_.Rests().value_or(false);
}

bool ReportHost::following() const {
  std::shared_lock<std::shared_mutex> lock(mutex_);
  return follower_.following();
}

ReportHost::Unsaved ReportHost::unsaved() const {
  std::shared_lock<std::shared_mutex> lock(mutex_);
  return {follower_.unsaved(), follower_.erased_unsaved()};
}

absl::StatusOr<std::vector<std::string>> ReportHost::AllowedSites(const Principal& principal) const {
  absl::StatusOr<std::vector<std::string>> scopes = store_.replica->Scopes();
  if (!scopes.ok()) return scopes.status();
  if (!store_.at_district() && !Contains(*scopes, store_.own_site)) scopes->push_back(store_.own_site);
  std::vector<std::string> allowed;
  for (const std::string& text : *scopes) {
    const std::optional<ScopeName> scope = ScopeName::Parse(text);
    if (!scope || scope->kind != ScopeName::Kind::kSite) continue;
    if (Decide(principal, Action::kReport, *scope, nullptr).allowed) allowed.push_back(text);
  }
  if (!allowed.empty()) return allowed;
  // Before the first site is opened, the district's reports are empty but allowed.
  if (absl::Status status = RequireAccess(principal, Action::kReport, ScopeName{}, nullptr); !status.ok()) {
    return status;
  }
  return allowed;
}

absl::StatusOr<std::vector<SiteCut>> ReportHost::CutsOf(const std::vector<std::string>& sites) const {
  absl::StatusOr<std::vector<SiteCut>> cuts = completeness_->Sites();
  if (!cuts.ok()) return cuts;
  cuts->erase(std::remove_if(cuts->begin(), cuts->end(),
                             [&](const SiteCut& cut) { return !Contains(sites, cut.site_id); }),
              cuts->end());
  return cuts;
}

absl::StatusOr<Report> ReportHost::Run(const Principal& principal, const ReportQuery& query) {
  if (FindReport(query.report) == nullptr) {
    return ErrorWithReason(
        reason::kReportNotFound,
        fmt::format("There is no report {}; `trellis report list` names them", query.report));
  }
  if (FindReport(query.report)->place == ReportPlace::kServer && !store_.at_district()) {
    return ErrorWithReason(
        reason::kReportAtDistrict,
        fmt::format("{} compares sites, and a site has only its own records: ask the district's server, or "
                    "read the snapshot it froze with `trellis snapshots list`",
                    FindReport(query.report)->title));
  }
  ReportParameters parameters = query.parameters;
  parameters.now_ms = store_.clock->WallMs();
  if (absl::Status status = CatchUp(); !status.ok()) return status;
  std::shared_lock<std::shared_mutex> lock(mutex_);
  absl::StatusOr<std::vector<std::string>> sites = AllowedSites(principal);
  if (!sites.ok()) return sites.status();
  absl::StatusOr<std::vector<SiteCut>> cuts = CutsOf(*sites);
  if (!cuts.ok()) return cuts.status();
  const std::set<std::string> in(sites->begin(), sites->end());
  const std::string shared = ScopeName{}.ToString();
  ReportInput input = follower_.view().Input(
      [&](const std::string& scope) { return scope == shared || in.count(scope) > 0; }, *cuts);
  input.whole_district = store_.at_district();
  absl::StatusOr<Report> report = RunReport(query.report, parameters, input);
  if (!report.ok()) return report;
  report->generated_at_ms = parameters.now_ms;
  report->snapshot_id = fmt::format("{}-{}", report->name, ReportDigest(*report).substr(0, 16));
  if (query.require_complete && !report->cut.complete) {
    return ErrorWithReason(reason::kReportIncomplete,
                           fmt::format("Not every site is in: {}. Wait for them, or ask without "
                                       "--require-complete",
                                       MissingSites(report->cut)));
  }
  return report;
}

}  // namespace trellis
