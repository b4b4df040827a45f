#include "common/report/staff_places.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/report/calendar.h"
#include "common/report/group_lattice.h"
#include "common/report/report_frame.h"

namespace trellis {

std::set<std::string> StaffPlaces::Everybody() const {
  std::set<std::string> everybody;
  for (const auto& [site, persons] : staff) everybody.insert(persons.begin(), persons.end());
  return everybody;
}

StaffPlaces PlacesOn(const ReportInput& input, int64_t day) {
  std::map<std::string, bool> employed;  // persons whose employment is recorded
  for (const EmploymentFact& employment : input.practice.employments) {
    bool& now = employed[employment.staff];
    now = now || employment.span.Has(day);
  }
  StaffPlaces places;
  std::set<std::string> assigned;
  for (const AssignmentFact& assignment : input.assignments) {
    assigned.insert(assignment.staff);
    if (!DaySpan{assignment.begin_day, assignment.end_day}.Has(day)) continue;
    const auto known = employed.find(assignment.staff);
    if (known != employed.end() && !known->second) continue;
    places.staff[assignment.site].insert(assignment.staff);
    places.fte[assignment.site] += assignment.fte;
  }
  for (const EmploymentFact& employment : input.practice.employments) {
    if (!assigned.contains(employment.staff) && employment.span.Has(day)) {
      places.staff[employment.site].insert(employment.staff);
    }
  }
  for (const SiteInfo& site : input.sites) {
    double& fte = places.fte[site.id];
    if (fte == 0) fte = site.staff_fte;
  }
  return places;
}

absl::StatusOr<DayRange> SelectDays(const ReportParameters& parameters) {
  DayRange days;
  for (const auto& [name, bound] : {std::pair("from", &days.from), std::pair("to", &days.to)}) {
    const std::string text = NamedParameter(parameters, name);
    if (text.empty()) continue;
    *bound = ParseDay(text);
    if (!*bound) return absl::InvalidArgumentError(fmt::format("{} wants a day as YYYY-MM-DD", name));
  }
  if (parameters.as_of_ms) days.to = std::min(days.to.value_or(INT64_MAX), DayOf(*parameters.as_of_ms));
  return days;
}

absl::StatusOr<const SiteInfo*> SelectSite(const ReportParameters& parameters, const ReportInput& input) {
  if (parameters.site.empty()) return nullptr;
  const SiteInfo* site = input.FindSite(parameters.site);
  if (site != nullptr) return site;
  return absl::NotFoundError(
      fmt::format("there is no site '{}' here; `trellis sites list` shows those there are", parameters.site));
}

Report StartPracticeReport(std::string_view slug, const ReportParameters& parameters,
                           const ReportInput& input, const ReportThresholds& thresholds) {
  Report report = StartReport(slug, parameters, input);
  report.thresholds = {{"min-n", std::max(thresholds.min_n_staff, ReportThresholds::kLeastMinN)},
                       {"confidence", thresholds.confidence}};
  return report;
}

std::map<std::string, bool> HideSites(const ReportInput& input, const std::map<std::string, int64_t>& persons,
                                      const ReportThresholds& thresholds) {
  std::map<GroupKey, GroupFacts> facts;
  for (const SiteInfo& site : input.sites) {
    const auto found = persons.find(site.id);
    facts[{site.label}] = {.counts = {found == persons.end() ? 0 : found->second}, .shares = {}};
  }
  const auto hidden = HideGroups(facts, static_cast<int64_t>(thresholds.min_n_staff));
  std::map<std::string, bool> by_site;
  for (const SiteInfo& site : input.sites) by_site[site.id] = hidden.at({site.label});
  return by_site;
}

bool TooFew(int64_t persons, const ReportThresholds& thresholds) {
  return 0 < persons && persons < static_cast<int64_t>(thresholds.min_n_staff);
}

}  // namespace trellis
