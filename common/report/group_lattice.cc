#include "common/report/group_lattice.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace trellis {
namespace {

// A group or margin: nullopt stands for all values.
using MarginKey = std::vector<std::optional<std::string>>;

void AddFacts(const GroupFacts& from, GroupFacts* to) {
  to->counts.resize(from.counts.size());
  to->shares.resize(from.shares.size());
  for (size_t i = 0; i < from.counts.size(); ++i) to->counts[i] += from.counts[i];
  for (size_t i = 0; i < from.shares.size(); ++i) {
    to->shares[i].first += from.shares[i].first;
    to->shares[i].second += from.shares[i].second;
  }
}

std::map<MarginKey, GroupFacts> WithMargins(const std::map<GroupKey, GroupFacts>& groups) {
  std::map<MarginKey, GroupFacts> cells;
  for (const auto& [key, facts] : groups) {
    for (size_t mask = 0; mask < size_t{1} << key.size(); ++mask) {
      MarginKey margin(key.begin(), key.end());
      for (size_t i = 0; i < key.size(); ++i) {
        if (mask >> i & 1) margin[i].reset();
      }
      AddFacts(facts, &cells[margin]);
      if (mask == 0) cells[margin].withheld = facts.withheld;
    }
  }
  return cells;
}

std::string IdOf(const MarginKey& key) {
  std::string id;
  for (const auto& value : key) {
    id += value ? *value : "";
    id += '\x1f';
  }
  return id;
}

size_t Depth(const MarginKey& key) {
  return static_cast<size_t>(
      std::count_if(key.begin(), key.end(), [](const auto& v) { return v.has_value(); }));
}

bool AllOrNothing(const GroupFacts& facts) {
  return std::any_of(facts.shares.begin(), facts.shares.end(), [](const auto& share) {
    return share.second > 0 && (share.first == 0 || share.first == share.second);
  });
}

}  // namespace

std::map<GroupKey, bool> HideGroups(const std::map<GroupKey, GroupFacts>& groups, int64_t min_n) {
  const std::map<MarginKey, GroupFacts> cells = WithMargins(groups);
  SuppressionTable table;
  std::map<MarginKey, size_t> index;
  // A line: the margin where one attribute takes all values, and the cells where it takes each.
  std::map<std::pair<MarginKey, size_t>, SuppressionLine> lines;
  for (const auto& [key, facts] : cells) {
    index[key] = table.cells.size();
    table.cells.push_back({IdOf(key), facts.counts, facts.withheld || AllOrNothing(facts)});
  }
  for (const auto& [key, cell] : index) {
    for (size_t i = 0; i < key.size(); ++i) {
      if (!key[i]) continue;
      MarginKey above = key;
      above[i].reset();
      SuppressionLine& line = lines[{above, i}];
      line.total = index.at(above);
      line.members.push_back(cell);
    }
  }
  std::vector<std::pair<size_t, const SuppressionLine*>> by_depth;
  for (const auto& [place, line] : lines) by_depth.emplace_back(Depth(place.first), &line);
  std::stable_sort(by_depth.begin(), by_depth.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [depth, line] : by_depth) table.lines.push_back(*line);

  const std::vector<bool> hidden = Suppress(table, min_n);
  std::map<GroupKey, bool> result;
  for (const auto& [key, facts] : groups) {
    result[key] = hidden[index.at(MarginKey(key.begin(), key.end()))];
  }
  return result;
}

}  // namespace trellis
