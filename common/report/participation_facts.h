// Who could have come to professional learning and who came, counted by person.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "common/report/report_input.h"

namespace trellis {

// Inclusive; nullopt: no bound.
struct DayRange {
  std::optional<int64_t> from;
  std::optional<int64_t> to;

  bool Overlaps(std::optional<int64_t> begin, std::optional<int64_t> end) const;
  // A fact without a date counts in any range.
  bool Includes(std::optional<int64_t> day) const { return Overlaps(day, day); }
};

struct Attendance {
  std::set<std::string> audience;  // distinct staff it was meant for
  std::set<std::string> attended;  // those of them who came at least once
};

struct ParticipationCounts {
  // Keyed "mandatory" and "voluntary". Self-organized activities are in neither.
  std::map<std::string, Attendance> by_class;
  std::map<std::pair<std::string, std::string>, Attendance> by_sponsor;  // (class, sponsor)
  std::map<std::pair<std::string, std::string>, Attendance> by_site;     // (class, site id)
  std::map<std::string, Attendance> self_organized;                      // by site id; audience: all staff
  Attendance self_organized_all;
  std::map<std::string, double> hours;  // by site id
  std::map<std::string, double> fte;
  std::map<std::string, std::set<std::string>> staff;  // by site id
  int64_t outside_audience = 0;  // (person, activity) attended though not meant for them
};

// Counts the sites named (empty: all) over the days given.
ParticipationCounts CountParticipation(const ReportInput& input, const DayRange& days,
                                       const std::string& only_site);

}  // namespace trellis
