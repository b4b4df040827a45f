// Breakdowns by attributes with all their margins, hidden jointly: one, or all those a plan declares.
#pragma once

#include <map>
#include <optional>
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

// A group or margin over all the attributes there are: nullopt stands for all values.
using MarginKey = std::vector<std::optional<std::string>>;

// One of several breakdowns of the same persons.
struct GroupTable {
  std::vector<size_t> attributes;  // which of all attributes its keys give, ascending
  std::map<GroupKey, GroupFacts> groups;
};

// Whether each group and margin of any of the tables, down to those by `depth` attributes, must be hidden:
// decided together, so that a margin two tables share is hidden in both or in neither, and nothing hidden
// follows from all of them. Attributes are numbered 0 … attributes−1. REQUIRES: facts of equal shape, equal
// sums of persons. What `hidden_already` hides stays hidden.
std::map<MarginKey, bool> HideTables(const std::vector<GroupTable>& tables, size_t attributes, size_t depth,
                                     int64_t min_n, const std::map<MarginKey, bool>& hidden_already = {});

// The keys of the groups that must be hidden. REQUIRES: keys equally long, facts of equal shape. Every margin
// counts as published: by any subset of the attributes, down to the total, each hidden as it is on its own.
// Where a combination nobody is in must be hidden, it is in the result too.
std::map<GroupKey, bool> HideGroups(const std::map<GroupKey, GroupFacts>& groups, int64_t min_n);

}  // namespace trellis
