// Every constant reports use. Defaults stand here; Threshold records override them by code; a report prints
// those it used.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trellis {

// A Threshold record.
struct ThresholdOverride {
  std::string code;
  double value = 0;
  std::string unit;                  // "percent": the value is divided by 100 where a fraction is meant
  std::vector<std::string> reports;  // slugs; empty: all
};

struct ReportThresholds {
  // min-n-staff: least persons in a shown cell of a staff survey or of participation; never below 5.
  double min_n_staff = 10;
  // min-n-public: the same where families, students or partners answered.
  double min_n_public = 11;
  // confidence: of every interval.
  double confidence = 0.95;
  // favorable-top: on a scale of favorable-options options whose choices are not marked, so many of the top
  // ones, as keyed, are favorable. Other scales need marked choices.
  double favorable_top = 2;
  double favorable_options = 5;
  // scale-answered-share: a person has a scale score if at least this share of the items, rounded up, is
  // answered.
  double scale_answered_share = 0.5;
  // response-rate-target: below it, a response rate is noted as a signal.
  double response_rate_target = 0.7;
  // need-weight-*: of the four parts of a need's rank (R9).
  double need_weight_favorable = 0.4;
  double need_weight_gap = 0.3;
  double need_weight_decline = 0.2;
  double need_weight_importance = 0.1;
  // aggregation-*: from which on school means may be made of persons' scores (LeBreton and Senter 2008):
  // ICC(1) tells of any dependence on the school, ICC(2) of means that can be told apart, rwg(j) of
  // agreement.
  double aggregation_icc1 = 0.05;
  double aggregation_icc2 = 0.7;
  double aggregation_rwg = 0.7;
  // reliability-alpha: below it a scale's reliability is noted.
  double reliability_alpha = 0.7;
  // uptake-observations: m, from which on a person counts as observed; an initiative may say its own.
  double uptake_observations = 2;
  // workday-hours: of a full day where no calendar says.
  double workday_hours = 7;
  // response-days: working days within which a message should be answered.
  double response_days = 2;
  // readiness-*: percent favorable of trust, community and efficacy to be ready, and below which to build
  // community first; least share who answered.
  double readiness_target = 0.7;
  double readiness_floor = 0.5;
  double readiness_least_response = 0.5;
  // evidence-sources: independent sources a verdict needs; evidence-balance: from which balance of findings
  // on it is one way.
  double evidence_sources = 2;
  double evidence_balance = 0.5;

  static constexpr double kLeastMinN = 5;

  // Those of the records that are known and name this report (or none); a value out of range is left out.
  static ReportThresholds For(std::string_view report, std::span<const ThresholdOverride> overrides);
};

}  // namespace trellis
