// Working days, by the calendar that holds for a site.
#pragma once

#include <cstdint>
#include <string>

#include "common/report/report_input.h"

namespace trellis {

class WorkDays {
 public:
  explicit WorkDays(const ReportInput& input) : calendars_(input.practice.calendars) {}

  // The site's own calendar over the day, else the district's; without one Monday to Friday.
  bool IsWorking(const std::string& site, int64_t day) const;
  // Hours of a full day; `usual` where no calendar says.
  double HoursOf(const std::string& site, int64_t day, double usual) const;
  // Working days after `from` up to and with `to`: 0 on the same day. REQUIRES: from <= to.
  int64_t Between(const std::string& site, int64_t from, int64_t to) const;

 private:
  const WorkCalendarFact* Of(const std::string& site, int64_t day) const;

  const std::vector<WorkCalendarFact>& calendars_;
};

}  // namespace trellis
