// Which groups of a scale are hidden: decided once for everything the wave's disaggregation plan declares, by
// site and not, so that every report of the scale, whatever it is broken down by, hides the same.
//
// A breakdown by one attribute is decided by its own line alone, and needs no further table: lines of
// different attributes share nothing but the total. Finer ones are hidden jointly with all others of the
// plan, since margins tie them together.
#pragma once

#include <map>
#include <vector>

#include "common/report/group_lattice.h"
#include "common/report/survey_cut.h"

namespace trellis {

class PlanPattern {
 public:
  // `groups` are those of the cut in the wave (ScoreGroups). All arguments outlive it.
  PlanPattern(const SurveyCut& cut, const WaveDefinition& wave, const ReportInput& input,
              const std::vector<Scale>& scales, const GroupScores& groups);

  // As HideGroups, for scale s: persons with a score and persons with favorable answers both count, in
  // whichever report.
  std::map<GroupKey, bool> Hide(size_t s) const { return Find(s, false); }
  // The same and more, where favorable proportions are shown: none of exactly 0 or 100 %.
  std::map<GroupKey, bool> HideProportions(size_t s) const { return Find(s, true); }

 private:
  std::map<GroupKey, bool> Find(size_t s, bool proportions) const;
  std::map<MarginKey, bool> FindInTables(size_t s, bool proportions) const;
  GroupFacts FactsOf(const ScaleScores& scores, const Scale& scale, bool proportions) const;
  void AddTable(const std::vector<std::string>& attributes, const ReportInput& input);

  const SurveyCut& cut_;
  const WaveDefinition& wave_;
  const std::vector<Scale>& scales_;
  const GroupScores& groups_;
  std::vector<std::string> attributes_;  // after the site, which is number 0
  struct Scored {
    std::vector<size_t> attributes;
    GroupScores groups;
  };
  std::vector<Scored> tables_;  // empty: the cut's own line decides
};

// Adds what the plan hides of the wave to `facts`, by the same keys; keys only the plan has are left out.
void WithholdAsPlanned(const std::map<GroupKey, bool>& planned, std::map<GroupKey, GroupFacts>* facts);

}  // namespace trellis
