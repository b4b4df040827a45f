// The part of ReportInputBuilder about daily work: people, contacts, meetings, means.
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <cctype>

#include "common/report/calendar.h"
#include "common/report/report_input_builder.h"

namespace trellis {
namespace {

std::string Resolve(const std::map<std::string, std::string>& references, const std::string& reference) {
  const auto found = references.find(reference);
  return found == references.end() ? reference : found->second;
}

std::optional<int64_t> MomentOf(bool has, const google::protobuf::Timestamp& time) {
  if (!has) return std::nullopt;
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

std::optional<int64_t> DayOfMoment(bool has, const google::protobuf::Timestamp& time) {
  const auto moment = MomentOf(has, time);
  return moment ? std::optional(DayOf(*moment)) : std::nullopt;
}

bool IsReleased(const domain::v1::Absence& absence) {
  return absence.category() == domain::v1::ABSENCE_CATEGORY_PROFESSIONAL_LEARNING_RELEASE ||
         absence.category() == domain::v1::ABSENCE_CATEGORY_SCHOOL_BUSINESS;
}

// EXAMPLE_NAME_AFTER_SCHOOL -> after school, the prefix being that of the enumeration's zero.
template <typename Enum>
std::string WordsOf(Enum value, const std::string& name, const std::string& prefix) {
  if (value == 0 || name.rfind(prefix, 0) != 0) return "";
  std::string words = name.substr(prefix.size());
  for (char& c : words) c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return words;
}

std::optional<double> Given(bool has, double value) { return has ? std::optional(value) : std::nullopt; }

}  // namespace

std::string ReportInputBuilder::PlaceOf(const std::string& scope, const std::string& organization) const {
  if (!organization.empty()) return SiteOf(organization);
  const auto found = site_by_scope_.find(scope);
  return found == site_by_scope_.end() ? "" : found->second;
}

void ReportInputBuilder::AddPeopleFacts() {
  for (const auto& [key, message] : records_.practice.employments) {
    if (!reaches_(key.first)) continue;
    input_.practice.employments.push_back(
        {Resolve(staff_, message.staff()),
         PlaceOf(key.first, message.organization()),
         {ParseDay(message.hire_date()), ParseDay(message.end_date())},
         WordsOf(message.separation(), domain::v1::Separation_Name(message.separation()), "SEPARATION_")});
  }
  for (const auto& [key, message] : records_.practice.absences) {
    if (!reaches_(key.first)) continue;
    input_.practice.absences.push_back({Resolve(staff_, message.staff()),
                                        PlaceOf(key.first, message.organization()), ParseDay(message.date()),
                                        Given(message.has_hours(), message.hours()), IsReleased(message)});
  }
  std::map<std::string, const domain::v1::SchoolYear*> years;
  for (const auto& [key, message] : records_.practice.school_years) {
    years[key.second.ToString()] = &message;
    years.emplace(message.code(), &message);
  }
  for (const auto& [key, message] : records_.practice.calendars) {
    WorkCalendarFact calendar{.site = message.organization().empty() ? "" : SiteOf(message.organization()),
                              .span = {ParseDay(message.begin_date()), ParseDay(message.end_date())},
                              .day_hours = message.day_hours()};
    const auto year = years.find(message.school_year());
    if (year != years.end() && !calendar.span.begin)
      calendar.span.begin = ParseDay(year->second->begin_date());
    if (year != years.end() && !calendar.span.end) calendar.span.end = ParseDay(year->second->end_date());
    const auto known = organization_by_id_.find(calendar.site);
    // A calendar of the district itself is every site's.
    if (known == organization_by_id_.end() || known->second->site().empty()) calendar.site.clear();
    for (const auto& day : message.weekdays()) calendar.weekdays.insert(static_cast<int>(day.weekday()));
    for (const std::string& date : message.days_off()) {
      if (const auto day = ParseDay(date)) calendar.days_off.insert(*day);
    }
    for (const std::string& date : message.extra_days()) {
      if (const auto day = ParseDay(date)) calendar.extra_days.insert(*day);
    }
    input_.practice.calendars.push_back(std::move(calendar));
  }
}

void ReportInputBuilder::AddContactFacts() {
  for (const auto& [key, message] : records_.practice.communications) {
    if (!reaches_(key.first)) continue;
    input_.practice.contacts.push_back(
        {PlaceOf(key.first, message.from_organization()),
         message.to_organization().empty() ? "" : SiteOf(message.to_organization()), message.practice(),
         MomentOf(message.has_sent_time(), message.sent_time()),
         MomentOf(message.has_responded_time(), message.responded_time()),
         !message.has_needs_answer() || message.needs_answer()});
  }
  for (const auto& [key, message] : records_.practice.visit_requests) {
    if (!reaches_(key.first)) continue;
    input_.practice.visit_requests.push_back(
        {PlaceOf(key.first, message.from_organization()),
         message.to_organization().empty() ? "" : SiteOf(message.to_organization()), message.practice(),
         ParseDay(message.requested_date()), ParseDay(message.occurred_date()),
         message.has_attempts() ? std::max<int64_t>(1, message.attempts()) : 1});
  }
  for (const auto& [key, message] : records_.practice.edges) {
    if (!reaches_(key.first)) continue;
    input_.practice.ties.push_back(
        {PlaceOf(key.first, message.organization()),
         message.to_organization().empty() ? "" : SiteOf(message.to_organization()),
         Resolve(staff_, message.from_staff()),
         Resolve(staff_, message.to_staff()),
         message.mutual(),
         {ParseDay(message.date()), ParseDay(message.end_date())}});
  }
  for (const auto& [key, message] : records_.practice.partner_events) {
    if (!reaches_(key.first)) continue;
    PartnerEventFact event{
        .site = PlaceOf(key.first, message.organization()),
        .day = ParseDay(message.date()),
        .time_band =
            WordsOf(message.time_band(), domain::v1::TimeBand_Name(message.time_band()), "TIME_BAND_"),
        .place_type =
            WordsOf(message.place_type(), domain::v1::PlaceType_Name(message.place_type()), "PLACE_TYPE_"),
        .language = message.language(),
        .interpreter = message.interpreter_languages_size() > 0,
        .childcare = message.childcare()};
    for (const auto& count : message.invited()) event.invited[count.group()] += count.count();
    for (const auto& count : message.attended()) event.attended[count.group()] += count.count();
    input_.practice.partner_events.push_back(std::move(event));
  }
}

void ReportInputBuilder::AddMeetingFacts() {
  std::map<std::string, int64_t> decisions;
  for (const auto& [key, message] : records_.practice.decisions) {
    if (reaches_(key.first)) ++decisions[message.meeting()];
  }
  for (const auto& [key, message] : records_.practice.meetings) {
    if (!reaches_(key.first)) continue;
    MeetingFact meeting{.id = key.second.ToString(),
                        .site = PlaceOf(key.first, message.organization()),
                        .day = DayOfMoment(message.has_held_time(), message.held_time()),
                        .held = message.state() == domain::v1::MEETING_STATE_HELD || message.has_held_time(),
                        .missed = message.state() == domain::v1::MEETING_STATE_MISSED ||
                                  message.state() == domain::v1::MEETING_STATE_CANCELLED,
                        .data_reviewed = message.data_reviewed()};
    if (!meeting.day) meeting.day = DayOfMoment(message.has_scheduled_time(), message.scheduled_time());
    meeting.decisions = decisions[meeting.id];
    input_.practice.meetings.push_back(std::move(meeting));
  }
  for (const auto& [key, message] : records_.practice.voices) {
    if (!reaches_(key.first)) continue;
    const int64_t present = message.has_present() ? std::max<int64_t>(1, message.present()) : 1;
    const int64_t spoke = message.has_spoke() ? message.spoke() : (message.turns() > 0 ? 1 : 0);
    input_.practice.voices.push_back({message.meeting(), PlaceOf(key.first, ""), present,
                                      std::min(spoke, present), static_cast<int64_t>(message.turns())});
  }
  for (const auto& [key, message] : records_.practice.memberships) {
    if (!reaches_(key.first)) continue;
    input_.practice.memberships.push_back({Resolve(staff_, message.staff()),
                                           PlaceOf(key.first, ""),
                                           message.beyond_contract(),
                                           {ParseDay(message.begin_date()), ParseDay(message.end_date())}});
  }
  for (const auto& [key, message] : records_.practice.seats) {
    if (!reaches_(key.first)) continue;
    const bool held = !message.staff().empty() || !message.holder().empty();
    input_.practice.seats.push_back({message.for_group(),
                                     PlaceOf(key.first, ""),
                                     held && !message.vacant(),
                                     {ParseDay(message.begin_date()), ParseDay(message.end_date())}});
  }
  for (const auto& [key, message] : records_.practice.agreement_reviews) {
    if (!reaches_(key.first)) continue;
    input_.practice.agreement_reviews.push_back(
        {message.agreement(), PlaceOf(key.first, message.organization()), ParseDay(message.date()),
         message.holds() == domain::v1::AGREEMENT_HOLDS_HOLDS});
  }
}

void ReportInputBuilder::AddMeansFacts() {
  std::map<std::string, std::pair<std::string, std::optional<int64_t>>> years;  // -> code, first day
  std::map<std::string, std::optional<int64_t>> ends;
  for (const auto& [key, message] : records_.practice.school_years) {
    const std::pair year(message.code(), ParseDay(message.begin_date()));
    years[key.second.ToString()] = year;
    years.emplace(message.code(), year);
    ends[message.code()] = ParseDay(message.end_date());
  }
  const auto year_of = [&](const std::string& reference) {
    const auto found = years.find(reference);
    return found == years.end() ? std::pair(reference, std::optional<int64_t>()) : found->second;
  };
  for (const auto& [key, message] : records_.practice.allocations) {
    if (!reaches_(key.first)) continue;
    AllocationFact allocation{
        .site = PlaceOf(key.first, message.organization()),
        .span = {ParseDay(message.begin_date()), ParseDay(message.end_date())},
        .amount = message.amount(),
        .hours = message.hours(),
        .substitute_days = message.type() == domain::v1::RESOURCE_TYPE_SUBSTITUTE_DAYS ? message.days() : 0};
    if (!message.school_year().empty()) {
      const auto year = year_of(message.school_year());
      if (!allocation.span.begin) allocation.span.begin = year.second;
      if (!allocation.span.end) allocation.span.end = ends[year.first];
    }
    input_.practice.allocations.push_back(std::move(allocation));
  }
  for (const auto& [key, message] : records_.practice.coverage) {
    if (!reaches_(key.first)) continue;
    input_.practice.coverage.push_back({PlaceOf(key.first, message.organization()), ParseDay(message.date()),
                                        message.requested(), message.filled()});
  }
  for (const auto& [key, message] : records_.practice.site_years) {
    const auto known = organization_by_id_.find(SiteOf(message.organization()));
    // The shared record names every site; a caller who reaches some is told of those.
    if (known != organization_by_id_.end() && !known->second->site().empty() &&
        !reaches_(known->second->site())) {
      continue;
    }
    const auto [code, begin] = year_of(message.school_year());
    SiteYearFact year{.site = SiteOf(message.organization()),
                      .school_year = code,
                      .begin_day = begin,
                      .staff_fte = Given(message.has_staff_fte(), message.staff_fte()),
                      .enrollment = Given(message.has_enrollment(), message.enrollment()),
                      .need_index = Given(message.has_need_index(), message.need_index())};
    for (const auto& share : message.student_groups()) {
      if (share.has_percent()) year.student_percent[share.group()] = share.percent();
    }
    input_.practice.site_years.push_back(std::move(year));
  }
}

}  // namespace trellis
