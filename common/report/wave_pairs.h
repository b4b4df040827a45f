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

}  // namespace trellis
