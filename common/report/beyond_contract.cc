// R18: staff with one or more memberships beyond their contract ÷ staff, on the day of the report.
#include "common/report/calendar.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {

absl::StatusOr<Report> BeyondContractReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("beyond-contract", input.thresholds);
  const auto only = SelectSite(parameters, input);
  if (!only.ok()) return only.status();
  Report report = StartPracticeReport("beyond-contract", parameters, input, thresholds);
  report.estimator = "staff with a membership beyond contract that holds on the day, divided by staff";
  const int64_t day = DayOf(parameters.moment_ms());
  std::set<std::string> members;
  for (const MembershipFact& membership : input.practice.memberships) {
    if (membership.beyond_contract && membership.span.Has(day)) members.insert(membership.staff);
  }
  const StaffPlaces places = PlacesOn(input, day);
  const auto row = [&](const std::string& label, const std::set<std::string>& staff, bool hide) {
    int64_t beyond = 0;
    for (const std::string& person : staff) beyond += members.contains(person);
    const auto n = static_cast<int64_t>(staff.size());
    return ReportRow{{{"site", label}},
                     {{"beyondContract", hide ? ReportCell::Hidden(CellUnit::kProportion)
                                              : ProportionCell(beyond, n, n, thresholds.confidence)}}};
  };
  std::map<std::string, int64_t> persons;
  for (const auto& [site, staff] : places.staff) persons[site] = static_cast<int64_t>(staff.size());
  const std::set<std::string> everybody = places.Everybody();
  if (*only == nullptr) {
    report.rows.push_back(
        row("(all)", everybody, TooFew(static_cast<int64_t>(everybody.size()), thresholds)));
  }
  const auto hidden = HideSites(input, persons, thresholds);
  for (const SiteInfo& site : input.sites) {
    if (*only != nullptr && &site != *only) continue;
    const auto found = places.staff.find(site.id);
    report.rows.push_back(row(site.label,
                              found == places.staff.end() ? std::set<std::string>{} : found->second,
                              hidden.at(site.id)));
  }
  return report;
}

}  // namespace trellis
