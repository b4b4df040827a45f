// Everything a report may read, as plain values. Ids are record ids as text; references between them are
// resolved already.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/report/practice_facts.h"
#include "common/report/report.h"
#include "common/report/report_thresholds.h"
#include "common/report/response_columns.h"

namespace trellis {

struct ChoiceDefinition {
  double value = 0;
  bool favorable = false;  // as keyed: a chosen favorable choice counts, reversed or not
  bool scored = true;
};

struct QuestionDefinition {
  std::string code;
  std::string construct;  // code; empty: none
  uint32_t version = 0;   // the version of the survey in which it was last worded
  bool reversed = false;
  bool retired = false;
  std::vector<ChoiceDefinition> choices;  // code c of the columns is choices[c-1]
};

struct ConstructDefinition {
  std::string code;
  std::string title;
};

struct SurveyDefinition {
  std::string id;
  std::string code;
  std::string title;
  std::vector<ConstructDefinition> constructs;  // in the order of reports
  std::vector<QuestionDefinition> questions;
};

enum class WaveAudience { kUnknown, kStaff, kFamilies, kStudents, kPartners };

enum class WaveMode { kNamed, kConfidential, kAnonymous };

struct WaveDefinition {
  std::string id;
  std::string code;
  std::string survey;  // id
  std::string cycle;   // id
  std::string baseline_wave;
  std::string open_date;
  uint32_t survey_version = 0;
  WaveMode mode = WaveMode::kAnonymous;
  WaveAudience audience = WaveAudience::kStaff;
  bool closed = false;
  bool pools_small_sites = false;
  std::string session;  // id or code of the session it asks about
  std::optional<uint32_t> min_n;
  std::map<std::string, int64_t> invited;      // by site id
  std::vector<std::vector<std::string>> plan;  // tables of attributes, "site" among them

  bool linkable() const { return mode != WaveMode::kAnonymous; }
};

struct WaveResponses {
  std::string wave;  // id
  std::string site;  // id
  const ResponseColumns* columns = nullptr;
};

// A school or department with a scope of its own.
struct SiteInfo {
  std::string id;
  std::string label;                 // name, made unique
  double staff_fte = 0;              // where the roster has no FTE; 0: not known
  bool department = false;           // of the central office
  std::string pool;                  // small sites of one pool are shown together; empty: none
  std::vector<std::string> aliases;  // scope, identifier, code, name: what people call it by
};

struct AssignmentFact {
  std::string staff;
  std::string site;
  std::string classification;
  std::string grade_band;
  double fte = 0;
  std::optional<int64_t> begin_day;
  std::optional<int64_t> end_day;  // inclusive
};

struct ActivityFact {
  std::string id;
  std::string code;
  std::string sponsor;  // label
  bool mandatory = false;
  bool self_organized = false;
  std::set<std::string> classifications;  // audience; empty: all
  std::set<std::string> sites;
  std::set<std::string> grade_bands;
  std::optional<int64_t> begin_day;
  std::optional<int64_t> end_day;
  std::string title;
  std::string initiative;  // id
  double hours = 0;        // planned
  std::set<std::string> goals;
  std::set<std::string> needs;
  std::set<std::string> topics;
  std::set<std::string> sessions;  // ids and codes
};

struct ParticipationFact {
  std::string staff;
  std::string activity;  // id
  std::string site;
  bool attended = false;
  double hours = 0;
  std::optional<int64_t> day;
};

// In the order they follow each other.
enum class CycleStage { kResearch, kIdentifyStrategies, kImplement, kEvaluateResults, kReviewData, kClosed };

struct CycleFact {
  struct Transition {
    CycleStage to = CycleStage::kResearch;
    int64_t at_ms = 0;
    bool accepted = false;
  };
  struct Gate {
    CycleStage stage = CycleStage::kResearch;
    int64_t due_day = 0;
  };
  struct Action {
    std::string description;
    std::optional<int64_t> due_day;
    bool done = false;
  };
  enum class Prediction { kOpen, kConfirmed, kPartlyConfirmed, kNotConfirmed };

  std::string id;
  std::string code;
  std::string title;
  std::string organization;  // label; empty: the district
  std::string site;          // site id; empty: the district
  Prediction prediction = Prediction::kOpen;
  std::string decision;  // adopt, adapt, abandon; empty: none yet
  std::vector<Transition> transitions;
  std::vector<Gate> gates;
  std::vector<Action> next_actions;
  std::vector<std::string> open_obstacles;
  std::vector<std::string> metrics;   // ids
  std::string survey;                 // id
  std::vector<std::string> theories;  // ids
  std::vector<std::string> constructs;
  std::optional<int64_t> begin_day;
};

struct MetricFact {
  struct Measurement {
    int64_t day = 0;
    double value = 0;
    int64_t n = 0;     // 0: does not apply
    std::string site;  // id; empty: the metric's own
  };
  enum class Direction { kUp, kDown, kMaintain };

  std::string id;
  std::string code;
  std::string title;
  std::string unit;
  Direction direction = Direction::kUp;
  std::optional<double> baseline;
  std::optional<double> target;
  std::optional<int64_t> target_day;
  std::vector<int64_t> check_days;
  std::vector<Measurement> measurements;
  std::string report;  // slug it is read from
  std::string survey;  // id
  std::string construct;
};

struct ActionStepFact {
  std::string cycle;  // id
  std::string title;
  std::optional<int64_t> due_day;
  bool open = true;  // neither done nor dropped
};

struct ReportInput {
  std::vector<SiteInfo> sites;  // by label
  // Where in `sites` an id is; may be empty.
  std::map<std::string, size_t, std::less<>> site_index;
  std::vector<SurveyDefinition> surveys;
  std::vector<WaveDefinition> waves;
  std::vector<WaveResponses> responses;
  std::vector<AssignmentFact> assignments;
  std::vector<ActivityFact> activities;
  std::vector<ParticipationFact> participations;
  std::vector<CycleFact> cycles;
  std::vector<MetricFact> metrics;
  std::vector<ActionStepFact> action_steps;
  PracticeFacts practice;
  std::vector<ThresholdOverride> thresholds;
  // Staff id by whatever a named response may carry.
  std::map<std::string, std::string> staff_ids;
  std::vector<SiteCut> completeness;
  int64_t pending_responses = 0;
  // Responses to a wave (by id) that came since its answers were last shown and wait (release_step.h).
  std::map<std::string, int64_t> not_yet_shown;
  bool whole_district = true;  // not so where a site computes from its own records

  // nullptr if there is none. `name` is an id, a code or, of a site, any alias.
  const SurveyDefinition* FindSurvey(std::string_view name) const;
  const WaveDefinition* FindWave(std::string_view name) const;
  const SiteInfo* FindSite(std::string_view name) const;
  const CycleFact* FindCycle(std::string_view name) const;
  const MetricFact* FindMetric(std::string_view name) const;
};

}  // namespace trellis
