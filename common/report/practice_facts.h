// Facts of daily work that reports besides the surveys' read. Sites and persons are ids; days count from
// 1970-01-01.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/report/purpose_facts.h"

namespace trellis {

struct DaySpan {
  std::optional<int64_t> begin;
  std::optional<int64_t> end;  // inclusive

  bool Has(int64_t day) const { return (!begin || *begin <= day) && (!end || day <= *end); }
};

struct EmploymentFact {
  std::string staff;
  std::string site;
  DaySpan span;
  std::string separation;  // why it ended; empty: not said
};

struct AbsenceFact {
  std::string staff;
  std::string site;
  std::optional<int64_t> day;
  std::optional<double> hours;  // nullopt: the whole day
  bool released = false;        // for professional learning or school business: no absence
};

struct WorkCalendarFact {
  std::string site;  // empty: every site without its own
  DaySpan span;
  std::set<int> weekdays;  // 1 Monday … 7 Sunday
  std::set<int64_t> days_off;
  std::set<int64_t> extra_days;
  double day_hours = 0;  // 0: not said
};

struct ContactFact {
  std::string from;
  std::string to;
  std::string practice;
  std::optional<int64_t> sent_ms;
  std::optional<int64_t> responded_ms;
  bool needs_answer = true;
};

struct VisitRequestFact {
  std::string from;
  std::string to;
  std::string practice;
  std::optional<int64_t> requested_day;
  std::optional<int64_t> occurred_day;
  int64_t attempts = 1;
};

struct TieFact {
  std::string from_site;
  std::string to_site;
  std::string from_staff;
  std::string to_staff;
  bool mutual = false;
  DaySpan span;
};

struct MeetingFact {
  std::string id;
  std::string site;
  std::optional<int64_t> day;
  bool held = false;
  bool missed = false;
  bool data_reviewed = false;
  int64_t decisions = 0;
};

struct VoiceFact {
  std::string meeting;
  std::string site;
  int64_t present = 1;
  int64_t spoke = 0;
  int64_t turns = 0;
};

struct MembershipFact {
  std::string staff;
  std::string site;
  bool beyond_contract = false;
  DaySpan span;
};

struct SeatFact {
  std::string for_group;
  std::string site;
  bool filled = false;
  DaySpan span;
};

struct PartnerEventFact {
  std::string site;
  std::optional<int64_t> day;
  std::string time_band;
  std::string place_type;
  std::string language;
  bool interpreter = false;
  bool childcare = false;
  std::map<std::string, int64_t> invited;  // by group
  std::map<std::string, int64_t> attended;
};

struct RubricFact {
  struct Item {
    std::string code;
    std::string title;
  };
  std::string code;
  std::vector<Item> items;                 // in the order of the form
  std::map<uint32_t, std::string> levels;  // what each is called
};

// Where an organization sees itself on an item of a rubric.
struct RatingFact {
  std::string rubric;  // code
  std::string item;
  std::string site;  // id; empty: the district
  uint32_t level = 0;
  std::optional<int64_t> day;
  std::string evidence;
};

struct PlanningAnswerFact {
  std::string question;
  std::string site;  // id; empty: the district
  std::string answer;
  std::optional<int64_t> day;
};

struct AllocationFact {
  std::string site;
  DaySpan span;
  double amount = 0;
  double hours = 0;
  double substitute_days = 0;
};

struct CoverageFact {
  std::string site;
  std::optional<int64_t> day;
  double requested = 0;
  double filled = 0;
};

struct SiteYearFact {
  std::string site;
  std::string school_year;
  std::optional<int64_t> begin_day;
  std::optional<double> staff_fte;
  std::optional<double> enrollment;
  std::optional<double> need_index;
  std::map<std::string, double> student_percent;  // by group
};

struct PracticeFacts {
  std::vector<NeedFact> needs;
  std::vector<EmploymentFact> employments;
  std::vector<AbsenceFact> absences;
  std::vector<WorkCalendarFact> calendars;
  std::vector<ContactFact> contacts;
  std::vector<VisitRequestFact> visit_requests;
  std::vector<TieFact> ties;
  std::vector<MeetingFact> meetings;
  std::vector<VoiceFact> voices;
  std::vector<MembershipFact> memberships;
  std::vector<SeatFact> seats;
  std::vector<PartnerEventFact> partner_events;
  std::vector<AllocationFact> allocations;
  std::vector<CoverageFact> coverage;
  std::vector<SiteYearFact> site_years;
  std::vector<AlignmentFact> alignments;
  std::vector<FrameworkFact> frameworks;
  std::vector<GoalFact> goals;
  std::vector<InitiativeFact> initiatives;
  std::vector<ObservationFact> observations;
  std::vector<OutcomeFact> outcomes;
  std::vector<LearningEvidenceFact> learning_evidence;
  std::vector<TheoryFact> theories;
  std::vector<AgreementReviewFact> agreement_reviews;
  std::vector<RubricFact> rubrics;
  std::vector<RatingFact> ratings;
  std::vector<PlanningAnswerFact> planning_answers;
};

}  // namespace trellis
