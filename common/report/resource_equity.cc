// R20: money, hours and substitute days per FTE by school; ratio to the district's; Gini and Theil over
// schools (unweighted; inequality.h); fill rate of substitutes, filled ÷ requested; slope of money per FTE on
// need.
#include <algorithm>

#include "common/report/calendar.h"
#include "common/report/inequality.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

struct Means {
  double amount = 0;
  double hours = 0;
  double substitute_days = 0;
  double requested = 0;
  double filled = 0;
  double fte = 0;
};

struct Measure {
  const char* name;
  double Means::*value;
  CellUnit unit;
};
constexpr Measure kMeasures[] = {{"moneyPerFte", &Means::amount, CellUnit::kNumber},
                                 {"hoursPerFte", &Means::hours, CellUnit::kHours},
                                 {"substituteDaysPerFte", &Means::substitute_days, CellUnit::kNumber}};

ReportCell PerFte(const Means& means, const Measure& measure) {
  if (!(means.fte > 0)) return ReportCell::Missing(measure.unit);
  return {.unit = measure.unit,
          .value = means.*measure.value / means.fte,
          .numerator = means.*measure.value,
          .denominator = means.fte};
}

ReportCell FillRate(const Means& means) {
  if (!(means.requested > 0)) return ReportCell::Missing(CellUnit::kProportion);
  return {.unit = CellUnit::kProportion,
          .value = means.filled / means.requested,
          .numerator = means.filled,
          .denominator = means.requested,
          .method = "substitute days filled divided by requested"};
}

std::map<std::string, double> NeedBySite(const ReportInput& input, int64_t day) {
  std::map<std::string, std::pair<int64_t, double>> newest;
  for (const SiteYearFact& year : input.practice.site_years) {
    if (!year.need_index || year.begin_day.value_or(INT64_MIN) > day) continue;
    const std::pair entry(year.begin_day.value_or(INT64_MIN), *year.need_index);
    const auto [at, fresh] = newest.emplace(year.site, entry);
    if (!fresh) at->second = std::max(at->second, entry);
  }
  std::map<std::string, double> need;
  for (const auto& [site, entry] : newest) need[site] = entry.second;
  return need;
}

void AddSpread(const std::map<std::string, Means>& by_site, const std::map<std::string, double>& need,
               double confidence, Report* report) {
  for (const Measure& measure : kMeasures) {
    std::vector<double> values, needs, needed;
    for (const auto& [site, means] : by_site) {
      if (!(means.fte > 0)) continue;
      values.push_back(means.*measure.value / means.fte);
      const auto found = need.find(site);
      if (found == need.end()) continue;
      needs.push_back(found->second);
      needed.push_back(values.back());
    }
    const auto cell = [&](std::optional<double> value, const char* method) {
      return value ? ReportCell{.value = value, .n = static_cast<int64_t>(values.size()), .method = method}
                   : ReportCell::Missing(CellUnit::kNumber);
    };
    ReportCell slope = ReportCell::Missing(CellUnit::kNumber);
    const std::vector<int> one_group(needs.size(), 0);
    if (const auto found = SlopeWithin(needs, needed, one_group, confidence)) {
      slope = {.value = found->slope,
               .n = static_cast<int64_t>(needs.size()),
               .se = found->standard_error,
               .low = found->interval.low,
               .high = found->interval.high,
               .confidence = confidence,
               .df = found->df,
               .p = found->p,
               .method = "least squares on the need index, over schools"};
    }
    report->rows.push_back({{{"measure", measure.name}},
                            {{"gini", cell(Gini(values), "Gini over schools")},
                             {"theil", cell(Theil(values), "Theil's T over schools")},
                             {"slopeOnNeed", slope}}});
  }
}

}  // namespace

absl::StatusOr<Report> ResourceEquityReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("resource-equity", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  const auto only = SelectSite(parameters, input);
  if (!only.ok()) return only.status();
  const int64_t day = days->to.value_or(DayOf(parameters.moment_ms()));
  Report report = StartPracticeReport("resource-equity", parameters, input, thresholds);
  report.estimator =
      "allocated in the period divided by FTE on its last day; schools unweighted in Gini and Theil";
  const StaffPlaces places = PlacesOn(input, day);
  std::map<std::string, Means> by_site;
  for (const SiteInfo& site : input.sites) {
    if (site.department) continue;
    const auto fte = places.fte.find(site.id);
    by_site[site.id].fte = fte == places.fte.end() ? 0 : fte->second;
  }
  for (const AllocationFact& allocation : input.practice.allocations) {
    const auto site = by_site.find(allocation.site);
    if (site == by_site.end() || !days->Overlaps(allocation.span.begin, allocation.span.end)) continue;
    site->second.amount += allocation.amount;
    site->second.hours += allocation.hours;
    site->second.substitute_days += allocation.substitute_days;
  }
  for (const CoverageFact& coverage : input.practice.coverage) {
    const auto site = by_site.find(coverage.site);
    if (site == by_site.end() || !days->Includes(coverage.day)) continue;
    site->second.requested += coverage.requested;
    site->second.filled += coverage.filled;
  }
  Means all;
  for (const auto& [site, means] : by_site) {
    all.amount += means.amount;
    all.hours += means.hours;
    all.substitute_days += means.substitute_days;
    all.requested += means.requested;
    all.filled += means.filled;
    all.fte += means.fte;
  }
  const auto add_row = [&](const std::string& label, const Means& means) {
    ReportRow row{{{"site", label}}, {}};
    for (const Measure& measure : kMeasures) {
      const ReportCell cell = PerFte(means, measure), district = PerFte(all, measure);
      row.cells.emplace_back(measure.name, cell);
      ReportCell ratio = ReportCell::Missing(CellUnit::kNumber);
      if (cell.value && district.value && *district.value > 0)
        ratio = {.value = *cell.value / *district.value};
      row.cells.emplace_back(std::string(measure.name) + "ToDistrict", ratio);
    }
    row.cells.emplace_back("fillRate", FillRate(means));
    report.rows.push_back(std::move(row));
  };
  add_row("(all)", all);
  for (const SiteInfo& site : input.sites) {
    if (site.department || (*only != nullptr && &site != *only)) continue;
    add_row(site.label, by_site[site.id]);
  }
  AddSpread(by_site, NeedBySite(input, day), thresholds.confidence, &report);
  report.notes.push_back(
      "Money and time of schools, not of persons: nothing here is hidden for small numbers.");
  return report;
}

}  // namespace trellis
