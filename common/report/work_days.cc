#include "common/report/work_days.h"

namespace trellis {
namespace {

// 1 Monday … 7 Sunday; 1970-01-01 was a Thursday.
int WeekdayOf(int64_t day) { return static_cast<int>(((day + 3) % 7 + 7) % 7) + 1; }

}  // namespace

const WorkCalendarFact* WorkDays::Of(const std::string& site, int64_t day) const {
  const WorkCalendarFact* of_district = nullptr;
  for (const WorkCalendarFact& calendar : calendars_) {
    if (!calendar.span.Has(day)) continue;
    if (calendar.site == site && !site.empty()) return &calendar;
    if (calendar.site.empty() && of_district == nullptr) of_district = &calendar;
  }
  return of_district;
}

bool WorkDays::IsWorking(const std::string& site, int64_t day) const {
  constexpr int kFriday = 5;
  const WorkCalendarFact* calendar = Of(site, day);
  const int weekday = WeekdayOf(day);
  if (calendar == nullptr) return weekday <= kFriday;
  if (calendar->extra_days.contains(day)) return true;
  if (calendar->days_off.contains(day)) return false;
  return calendar->weekdays.empty() ? weekday <= kFriday : calendar->weekdays.contains(weekday);
}

double WorkDays::HoursOf(const std::string& site, int64_t day, double usual) const {
  const WorkCalendarFact* calendar = Of(site, day);
  return calendar != nullptr && calendar->day_hours > 0 ? calendar->day_hours : usual;
}

int64_t WorkDays::Between(const std::string& site, int64_t from, int64_t to) const {
  int64_t days = 0;
  for (int64_t day = from + 1; day <= to; ++day) days += IsWorking(site, day);
  return days;
}

}  // namespace trellis
