// The rank of needs among constructs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/report/report_thresholds.h"

namespace trellis {

// One construct's parts, each as it is; Rank fills the rest.
struct NeedFacts {
  std::string construct;
  int64_t n = 0;
  double favorable = 0;   // a fraction
  double gap = 0;         // of the group furthest behind the rest, at least 0
  double decline = 0;     // at least 0
  double importance = 0;  // mean on its scale
  double score = 0;
  int rank = 0;
};

// .4·(1−fav) + .3·gap + .2·decline + .1·importance (the weights are thresholds), each part min–max over the
// constructs given, 0 where all are equal; best first; ties by greater n, then code.
std::vector<NeedFacts> RankNeeds(std::vector<NeedFacts> needs, const ReportThresholds& thresholds);

}  // namespace trellis
