// R13: stayers, movers and leavers between two census dates, on the base of those at work at the first: at
// the same site, at another one of the district, at none (National Center for Education Statistics, Teacher
// Follow-up Survey). Two dates of the same day a year apart unless given.
#include <fmt/format.h>

#include "common/report/calendar.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

constexpr const char* kUsualCensus = "-10-01";

struct Fates {
  int64_t base = 0;
  int64_t stayed = 0;
  int64_t moved = 0;
  int64_t left = 0;
};

absl::StatusOr<std::pair<int64_t, int64_t>> CensusDays(const ReportParameters& parameters) {
  const int64_t today = DayOf(parameters.moment_ms());
  const auto given = [&](const char* name) -> absl::StatusOr<std::optional<int64_t>> {
    const std::string text = NamedParameter(parameters, name);
    if (text.empty()) return std::optional<int64_t>();
    const auto day = ParseDay(text);
    if (!day) return absl::InvalidArgumentError(fmt::format("{} wants a day as YYYY-MM-DD", name));
    return day;
  };
  const auto from = given("from"), to = given("to");
  if (!from.ok()) return from.status();
  if (!to.ok()) return to.status();
  int year = std::stoi(FormatDay(today).substr(0, 4));
  if (*ParseDay(fmt::format("{:04}{}", year, kUsualCensus)) > today) --year;
  const int64_t latest = *ParseDay(fmt::format("{:04}{}", year, kUsualCensus));
  const int64_t before = *ParseDay(fmt::format("{:04}{}", year - 1, kUsualCensus));
  const std::pair days(from->value_or(before), to->value_or(latest));
  if (days.first >= days.second) return absl::InvalidArgumentError("from must be a day before to");
  return days;
}

std::vector<std::pair<std::string, ReportCell>> FateCells(const Fates& fates, bool hide, double confidence) {
  const auto cell = [&](int64_t count) {
    return hide ? ReportCell::Hidden(CellUnit::kProportion)
                : ProportionCell(count, fates.base, fates.base, confidence);
  };
  return {{"stayed", cell(fates.stayed)}, {"moved", cell(fates.moved)}, {"left", cell(fates.left)}};
}

}  // namespace

absl::StatusOr<Report> TurnoverReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("turnover", input.thresholds);
  const auto days = CensusDays(parameters);
  if (!days.ok()) return days.status();
  const auto only = SelectSite(parameters, input);
  if (!only.ok()) return only.status();
  Report report = StartPracticeReport("turnover", parameters, input, thresholds);
  report.parameters.emplace_back("census", FormatDay(days->first) + " to " + FormatDay(days->second));
  report.estimator =
      "of those at work at the first census date: at the same site, elsewhere in the district, gone";
  const StaffPlaces before = PlacesOn(input, days->first), after = PlacesOn(input, days->second);
  const std::set<std::string> still = after.Everybody();
  std::map<std::string, Fates> by_site;
  std::map<std::string, int64_t> persons;
  Fates all;
  std::set<std::string> stayed_somewhere, counted;
  for (const auto& [site, staff] : before.staff) {
    const auto now = after.staff.find(site);
    for (const std::string& person : staff) {
      Fates& fates = by_site[site];
      ++fates.base;
      const bool here = now != after.staff.end() && now->second.contains(person);
      ++(here ? fates.stayed : still.contains(person) ? fates.moved : fates.left);
      if (here) stayed_somewhere.insert(person);
      counted.insert(person);
    }
    persons[site] = static_cast<int64_t>(staff.size());
  }
  // A person at two sites who keeps one stays with the district's count.
  for (const std::string& person : counted) {
    ++all.base;
    ++(stayed_somewhere.contains(person) ? all.stayed : still.contains(person) ? all.moved : all.left);
  }
  if (*only == nullptr) {
    report.rows.push_back(
        {{{"site", "(all)"}}, FateCells(all, TooFew(all.base, thresholds), thresholds.confidence)});
  }
  const auto hidden = HideSites(input, persons, thresholds);
  for (const SiteInfo& site : input.sites) {
    if (*only != nullptr && &site != *only) continue;
    report.rows.push_back(
        {{{"site", site.label}}, FateCells(by_site[site.id], hidden.at(site.id), thresholds.confidence)});
  }
  return report;
}

}  // namespace trellis
