// R27: how partners and families reach what is offered: attendance by time of day, place and language, with
// and without interpreter and childcare; attended ÷ invited by group; seats of committees filled ÷ seats by
// group. Counts of people below the public least n are hidden.
#include <algorithm>
#include <functional>

#include "common/report/calendar.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"
#include "common/report/staff_places.h"

namespace trellis {
namespace {

struct Attendance {
  int64_t events = 0;
  int64_t attended = 0;
};

int64_t Total(const std::map<std::string, int64_t>& counts) {
  int64_t total = 0;
  for (const auto& [group, count] : counts) total += count;
  return total;
}

struct Dimension {
  const char* name;
  std::function<std::string(const PartnerEventFact&)> value;
};

std::vector<Dimension> Dimensions() {
  const auto said = [](const std::string& text) { return text.empty() ? std::string("(not said)") : text; };
  return {{"time", [=](const PartnerEventFact& event) { return said(event.time_band); }},
          {"place", [=](const PartnerEventFact& event) { return said(event.place_type); }},
          {"language", [=](const PartnerEventFact& event) { return said(event.language); }},
          {"interpreter", [](const PartnerEventFact& event) { return event.interpreter ? "yes" : "no"; }},
          {"childcare", [](const PartnerEventFact& event) { return event.childcare ? "yes" : "no"; }}};
}

std::vector<std::pair<std::string, ReportCell>> AttendanceCells(const Attendance& attendance, bool hide) {
  if (hide) {
    return {{"events", ReportCell::Count(attendance.events)},
            {"attended", ReportCell::Hidden(CellUnit::kCount)},
            {"attendedPerEvent", ReportCell::Hidden(CellUnit::kNumber)}};
  }
  ReportCell per_event = ReportCell::Missing(CellUnit::kNumber);
  if (attendance.events > 0) {
    per_event = {.value = static_cast<double>(attendance.attended) / static_cast<double>(attendance.events),
                 .numerator = static_cast<double>(attendance.attended),
                 .denominator = static_cast<double>(attendance.events)};
  }
  return {{"events", ReportCell::Count(attendance.events)},
          {"attended", ReportCell::Count(attendance.attended)},
          {"attendedPerEvent", per_event}};
}

void AddDimension(const Dimension& dimension, const std::vector<const PartnerEventFact*>& events,
                  int64_t min_n, Report* report) {
  std::map<std::string, Attendance> values;
  for (const PartnerEventFact* event : events) {
    Attendance& attendance = values[dimension.value(*event)];
    ++attendance.events;
    attendance.attended += Total(event->attended);
  }
  std::map<GroupKey, GroupFacts> facts;
  for (const auto& [value, attendance] : values)
    facts[{value}] = {.counts = {attendance.attended}, .shares = {}};
  const auto hidden = HideGroups(facts, min_n);
  for (const auto& [value, attendance] : values) {
    report->rows.push_back({{{dimension.name, value}}, AttendanceCells(attendance, hidden.at({value}))});
  }
}

void AddGroups(const std::vector<const PartnerEventFact*>& events, int64_t min_n, double confidence,
               Report* report) {
  std::map<std::string, std::pair<int64_t, int64_t>> groups;  // attended, invited
  for (const PartnerEventFact* event : events) {
    for (const auto& [group, count] : event->attended) groups[group].first += count;
    for (const auto& [group, count] : event->invited) groups[group].second += count;
  }
  std::map<GroupKey, GroupFacts> facts;
  for (const auto& [group, counts] : groups) {
    facts[{group}] = {.counts = {counts.second > 0 ? counts.second : counts.first, counts.first},
                      .shares = {}};
  }
  const auto hidden = HideGroups(facts, min_n);
  for (const auto& [group, counts] : groups) {
    const bool hide = hidden.at({group});
    ReportCell share = ReportCell::NotApplicable(CellUnit::kProportion);
    if (counts.second > 0) {
      share = ProportionCell(std::min(counts.first, counts.second), counts.second, counts.second, confidence);
      if (counts.first > counts.second) share.text = "more came than were invited";
    }
    report->rows.push_back(
        {{{"group", group}},
         {{"attended", hide ? ReportCell::Hidden(CellUnit::kCount) : ReportCell::Count(counts.first)},
          {"attendedOfInvited", hide ? ReportCell::Hidden(CellUnit::kProportion) : share}}});
  }
}

void AddSeats(const ReportInput& input, const SiteInfo* only, int64_t day, double confidence,
              Report* report) {
  std::map<std::string, std::pair<int64_t, int64_t>> seats;  // filled, all
  for (const SeatFact& seat : input.practice.seats) {
    if (!seat.span.Has(day) || (only != nullptr && seat.site != only->id)) continue;
    auto& [filled, all] = seats[seat.for_group.empty() ? "(any)" : seat.for_group];
    filled += seat.filled;
    ++all;
  }
  for (const auto& [group, counts] : seats) {
    report->rows.push_back(
        {{{"seatsFor", group}},
         {{"filled", ProportionCell(counts.first, counts.second, counts.second, confidence)}}});
  }
}

}  // namespace

absl::StatusOr<Report> PartnerAccessReport(const ReportParameters& parameters, const ReportInput& input) {
  const ReportThresholds thresholds = ReportThresholds::For("partner-access", input.thresholds);
  const auto days = SelectDays(parameters);
  if (!days.ok()) return days.status();
  const auto only = SelectSite(parameters, input);
  if (!only.ok()) return only.status();
  Report report = StartPracticeReport("partner-access", parameters, input, thresholds);
  const double least = std::max(thresholds.min_n_public, ReportThresholds::kLeastMinN);
  report.thresholds[0].second = least;
  report.estimator =
      "attendance as counted at events; attended divided by invited; seats filled divided by seats";
  std::vector<const PartnerEventFact*> events;
  for (const PartnerEventFact& event : input.practice.partner_events) {
    if (days->Includes(event.day) && (*only == nullptr || event.site == (*only)->id))
      events.push_back(&event);
  }
  for (const Dimension& dimension : Dimensions()) {
    AddDimension(dimension, events, static_cast<int64_t>(least), &report);
  }
  AddGroups(events, static_cast<int64_t>(least), thresholds.confidence, &report);
  AddSeats(input, *only, DayOf(parameters.moment_ms()), thresholds.confidence, &report);
  report.notes.push_back("A person who came to several events is counted at each.");
  return report;
}

}  // namespace trellis
