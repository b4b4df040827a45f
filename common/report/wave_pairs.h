// The same persons in two waves, found by their respondent keys.
#pragma once

#include <map>
#include <vector>

#include "common/report/proportions.h"
#include "common/report/survey_cut.h"

namespace trellis {

struct PairedScores {
  // Of persons with a scale score both times: after − before, in the scale's own values.
  std::vector<double> differences;
  // Answers to the same item both times, favorable or not; "first" is after.
  PairedCounts favorable;
};

struct WavePairs {
  // By group, as the later wave has it; one entry per scale.
  std::map<GroupKey, std::vector<PairedScores>> groups;
  // Keys that stand more than once in a wave; whom they mean is unclear, so they are not matched.
  int64_t ambiguous = 0;
};

// REQUIRES: both waves link persons; before and after have the same items in the same order.
WavePairs PairWaves(const SurveyCut& cut, const WaveDefinition& earlier, const ReportInput& input,
                    const std::vector<Scale>& before, const std::vector<Scale>& after);

// One matched person.
struct PersonChange {
  std::string person;  // id of the staff member where is_staff, else the key
  bool is_staff = false;
  std::string site;                            // label
  std::vector<std::optional<double>> changes;  // after − before, by scale
};

// By person. REQUIRES: as PairWaves; the scales are those of both waves.
std::vector<PersonChange> ChangesByPerson(const SurveyCut& cut, const WaveDefinition& earlier,
                                          const ReportInput& input, const std::vector<Scale>& scales);

}  // namespace trellis
