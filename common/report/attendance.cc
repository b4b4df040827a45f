// R14: staff attendance, 1 − absent hours ÷ scheduled hours. Scheduled: each assignment's working days (by
// the calendar of its site) times the day's hours times its FTE. Release for professional learning or school
// business is no absence.
#include <algorithm>

#include "common/report/calendar.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"
#include "common/report/work_days.h"

namespace trellis {
namespace {

constexpr int64_t kUsualPeriodDays = 180;

struct Hours {
  double scheduled = 0;
  double absent = 0;
  double released = 0;
  std::set<std::string> staff;
};

// Hours of a full-time day and the running sum over working days, by site.
class Schedule {
 public:
  Schedule(const ReportInput& input, int64_t from, int64_t to, double day_hours)
      : days_(input), from_(from), to_(to), day_hours_(day_hours) {}

  double Between(const std::string& site, int64_t from, int64_t to) {
    from = std::max(from, from_);
    to = std::min(to, to_);
    if (from > to) return 0;
    const std::vector<double>& sums = Sums(site);
    return sums[static_cast<size_t>(to - from_ + 1)] - sums[static_cast<size_t>(from - from_)];
  }
  double Day(const std::string& site, int64_t day) const { return days_.HoursOf(site, day, day_hours_); }

 private:
  const std::vector<double>& Sums(const std::string& site) {
    std::vector<double>& sums = sums_[site];
    if (!sums.empty()) return sums;
    sums.push_back(0);
    for (int64_t day = from_; day <= to_; ++day) {
      sums.push_back(sums.back() + (days_.IsWorking(site, day) ? Day(site, day) : 0));
    }
    return sums;
  }

  WorkDays days_;
  int64_t from_;
  int64_t to_;
  double day_hours_;
  std::map<std::string, std::vector<double>> sums_;
};

ReportCell RateCell(const Hours& hours, bool hide) {
  if (hide) return ReportCell::Hidden(CellUnit::kProportion);
  if (!(hours.scheduled > 0)) return ReportCell::Missing(CellUnit::kProportion);
  const double present = std::max(0.0, hours.scheduled - hours.absent);
  return {.unit = CellUnit::kProportion,
          .value = present / hours.scheduled,
          .n = static_cast<int64_t>(hours.staff.size()),
          .numerator = present,
          .denominator = hours.scheduled,
          .method = "hours present divided by hours scheduled"};
}

ReportRow RowOf(const std::string& site, const Hours& hours, bool hide) {
  ReportCell released = ReportCell::Hidden(CellUnit::kHours);
  if (!hide) released = {.unit = CellUnit::kHours, .value = hours.released};
  return {{{"site", site}}, {{"attendance", RateCell(hours, hide)}, {"releasedHours", released}}};
}

}  // namespace

absl::StatusOr<Report> AttendanceReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("attendance", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  const auto only = SelectSite(parameters, input);
  if (!only.ok()) return only.status();
  const int64_t to = days->to.value_or(DayOf(parameters.moment_ms()));
  const int64_t from = days->from.value_or(to - kUsualPeriodDays + 1);
  if (from > to) return absl::InvalidArgumentError("from must not be after to");
  Report report = StartPracticeReport("attendance", parameters, input, thresholds);
  report.parameters.emplace_back("period", FormatDay(from) + " to " + FormatDay(to));
  report.thresholds.emplace_back("workday-hours", thresholds.workday_hours);
  report.estimator = "1 − absent hours divided by scheduled hours; release for learning is no absence";
  Schedule schedule(input, from, to, thresholds.workday_hours);
  std::map<std::string, Hours> by_site;
  std::map<std::pair<std::string, std::string>, double> fte;
  for (const AssignmentFact& assignment : input.assignments) {
    const double share = assignment.fte > 0 ? assignment.fte : 1;
    Hours& hours = by_site[assignment.site];
    const double scheduled = share * schedule.Between(assignment.site, assignment.begin_day.value_or(from),
                                                      assignment.end_day.value_or(to));
    if (!(scheduled > 0)) continue;
    hours.scheduled += scheduled;
    hours.staff.insert(assignment.staff);
    fte[{assignment.site, assignment.staff}] += share;
  }
  for (const AbsenceFact& absence : input.practice.absences) {
    if (!absence.day || *absence.day < from || *absence.day > to) continue;
    const auto share = fte.find({absence.site, absence.staff});
    const double whole_day =
        schedule.Day(absence.site, *absence.day) * (share == fte.end() ? 1 : std::min(1.0, share->second));
    Hours& hours = by_site[absence.site];
    (absence.released ? hours.released : hours.absent) += absence.hours.value_or(whole_day);
  }
  Hours all;
  std::map<std::string, int64_t> persons;
  for (const auto& [site, hours] : by_site) {
    persons[site] = static_cast<int64_t>(hours.staff.size());
    all.scheduled += hours.scheduled;
    all.absent += hours.absent;
    all.released += hours.released;
    all.staff.insert(hours.staff.begin(), hours.staff.end());
  }
  if (*only == nullptr) {
    report.rows.push_back(RowOf("(all)", all, TooFew(static_cast<int64_t>(all.staff.size()), thresholds)));
  }
  const auto hidden = HideSites(input, persons, thresholds);
  for (const SiteInfo& site : input.sites) {
    if (*only != nullptr && &site != *only) continue;
    report.rows.push_back(RowOf(site.label, by_site[site.id], hidden.at(site.id)));
  }
  return report;
}

}  // namespace trellis
