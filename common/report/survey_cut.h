// Which responses a survey report speaks of, parted into which groups, and how small groups are hidden in it.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/report/group_lattice.h"
#include "common/report/report_parameters.h"
#include "common/report/scale.h"

namespace trellis {

struct SurveyCut {
  const SurveyDefinition* survey = nullptr;
  const WaveDefinition* wave = nullptr;
  const SiteInfo* site = nullptr;       // only this one's groups are shown; nullptr: all
  bool by_site = false;                 // asked for
  std::vector<std::string> attributes;  // asked for, besides the site
  std::optional<int64_t> until_ms;
  int64_t min_n = 0;
  std::map<std::string, std::string> pools;  // site label -> the pool it is shown with, where it is

  // The site is part of every key wherever one is asked for or chosen: a chosen site's groups are hidden
  // together with those of the others, as in the table of all.
  bool keyed_by_site() const { return by_site || site != nullptr; }
  bool Shows(const GroupKey& key) const {
    return site == nullptr || key[0] == site->label || key[0] == PlaceOf(site->label);
  }
  // What stands for the site in keys: itself, or its pool.
  const std::string& PlaceOf(const std::string& site_label) const;
  // The group of persons at a site with these values of the attributes.
  GroupKey KeyOf(const std::string& site_label, const GroupKey& values) const;
  // The group as a row prints it, after what it measures.
  std::vector<std::pair<std::string, std::string>> Describe(const Scale* scale, const GroupKey& key) const;
};

// The persons of one group by scale.
struct ScaleScores {
  ScoreHistogram scores;     // sums in units of 1/divisor
  ScoreHistogram favorable;  // sums of favorable answers
};
using GroupScores = std::map<GroupKey, std::vector<ScaleScores>>;

// NotFound or InvalidArgument if the survey, wave or site is not known or not said; FailedPrecondition if the
// wave declares no such breakdown, or shows a site with its pool and not all of the pool is here.
absl::StatusOr<SurveyCut> SelectCut(const ReportParameters& parameters, const ReportInput& input,
                                    const ReportThresholds& thresholds);

// The same for who answered rather than what: there no site is pooled.
absl::StatusOr<SurveyCut> SelectTurnoutCut(const ReportParameters& parameters, const ReportInput& input,
                                           const ReportThresholds& thresholds);

// Least persons in a shown cell of the wave.
int64_t LeastN(const WaveDefinition& wave, const ReportThresholds& thresholds);

// The latest wave of the survey by opening date, then code; nullptr if it has none.
const WaveDefinition* LatestWave(const ReportInput& input, std::string_view survey_id);

// Groups of the given wave. Where sites are keys, a site with no responses is a group with none.
GroupScores ScoreGroups(const SurveyCut& cut, const WaveDefinition& wave, const ReportInput& input,
                        const std::vector<Scale>& scales);

// Scale mean moments in the scale's own values.
Moments MeansOf(const ScaleScores& scores, const Scale& scale);
// Favorable answers and answers.
std::pair<int64_t, int64_t> FavorableOf(const ScaleScores& scores);

// The label of an attribute nobody gave.
inline constexpr const char* kNotGiven = "(not given)";

}  // namespace trellis
