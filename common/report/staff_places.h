// Who works where, and the sites and days a report is asked about.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <set>
#include <string>

#include "common/report/participation_facts.h"
#include "common/report/report.h"
#include "common/report/report_input.h"
#include "common/report/report_parameters.h"
#include "common/report/report_thresholds.h"

namespace trellis {

struct StaffPlaces {
  std::map<std::string, std::set<std::string>> staff;  // by site id
  std::map<std::string, double> fte;  // by site id; the site's own number where roles have none

  std::set<std::string> Everybody() const;
};

// Assignments that hold on the day, of persons whose employment, if there is one, does too.
StaffPlaces PlacesOn(const ReportInput& input, int64_t day);

// The parameters "from" and "to" (YYYY-MM-DD); nothing after as_of. InvalidArgument if one is no day.
absl::StatusOr<DayRange> SelectDays(const ReportParameters& parameters);
// nullptr: all sites. NotFound if there is none of that name.
absl::StatusOr<const SiteInfo*> SelectSite(const ReportParameters& parameters, const ReportInput& input);

// A report on records of practice: with least n and confidence among its thresholds.
Report StartPracticeReport(std::string_view slug, const ReportParameters& parameters,
                           const ReportInput& input, const ReportThresholds& thresholds);

// Which sites are hidden, of a table of all sites with their total; `persons` by site id, missing: 0.
std::map<std::string, bool> HideSites(const ReportInput& input, const std::map<std::string, int64_t>& persons,
                                      const ReportThresholds& thresholds);
// Whether so many persons are too few to show.
bool TooFew(int64_t persons, const ReportThresholds& thresholds);

}  // namespace trellis
