// Facts of purpose that reports read: needs, goals, standards, initiatives, outcomes, theories of action.
// Sites and persons are ids; days count from 1970-01-01.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace trellis {

struct NeedFact {
  std::string id;
  std::string code;
  std::string title;
  std::string construct;  // code
  std::string site;       // empty: the district
  std::optional<double> importance;
  std::set<std::string> topics;
};

struct AlignmentFact {
  std::string activity;
  std::string goal;
  std::string framework;  // code
  std::string standard;   // code
};

struct FrameworkFact {
  std::string code;
  std::string title;
  std::vector<std::string> standards;  // codes, in their order
};

struct GoalFact {
  std::string id;
  std::string code;
  std::string site;  // empty: the district
  std::string level;
  bool open = true;  // neither withdrawn nor a draft
  std::set<std::string> needs;
};

struct InitiativeFact {
  std::string id;
  std::string code;
  std::set<std::string> classifications;
  std::set<std::string> sites;
  std::set<std::string> grade_bands;
  std::optional<int64_t> least_observations;
  double greatest_score = 0;                  // of its look-fors; 0: none are scored
  std::map<std::string, double> greatest_of;  // look-for -> its greatest score
};

struct ObservationFact {
  std::string initiative;
  std::string site;
  std::string unit;  // a pseudonym
  std::optional<int64_t> day;
  bool in_use = false;
  std::vector<std::pair<std::string, double>> scores;  // look-for, score
};

struct OutcomeFact {
  std::string staff;  // empty: not a person's
  std::string site;
  std::string activity;
  std::string cycle;
  std::string measure;
  std::optional<double> change;
  std::optional<int64_t> day;
};

struct LearningEvidenceFact {
  std::string activity;
  int level = 0;  // of Guskey's five
};

struct TheoryFact {
  struct Indicator {
    std::string code;
    bool then_side = false;
    std::string metric;  // id
  };
  struct Evidence {
    std::string indicator;
    std::string independence;  // findings with the same key are one source
    int strength = 0;          // 1 anecdotal … 4 strong
    int direction = 0;         // +1 supports, 0 mixed, −1 contradicts
    std::optional<int64_t> day;
  };
  std::string id;
  std::string code;
  std::string site;  // empty: the district
  std::vector<Indicator> indicators;
  std::vector<Evidence> evidence;
};

struct AgreementReviewFact {
  std::string agreement;
  std::string site;
  std::optional<int64_t> day;
  bool holds = false;
};

}  // namespace trellis
