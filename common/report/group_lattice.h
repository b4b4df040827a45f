// A breakdown by several attributes with all its margins, hidden jointly.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/report/column_scan.h"
#include "common/report/suppression.h"

namespace trellis {

// What a group shows: persons behind each number; parts of proportions of survey answers, which hide at
// exactly 0 and 100 %.
struct GroupFacts {
  std::vector<int64_t> counts;
  std::vector<std::pair<int64_t, int64_t>> shares;  // numerator, denominator
  bool withheld = false;
};

// The keys of the groups that must be hidden. REQUIRES: keys equally long, facts of equal shape. Every margin
// counts as published: by any subset of the attributes, down to the total, each hidden as it is on its own.
// Where a combination nobody is in must be hidden, it is in the result too.
std::map<GroupKey, bool> HideGroups(const std::map<GroupKey, GroupFacts>& groups, int64_t min_n);

}  // namespace trellis
