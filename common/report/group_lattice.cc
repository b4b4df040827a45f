#include "common/report/group_lattice.h"

#include <algorithm>
#include <optional>
#include <set>
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

// Also combinations nobody is in, which a reader takes for zero: they may have to be hidden.
std::map<GroupKey, GroupFacts> WithEmptyOnes(const std::map<GroupKey, GroupFacts>& groups) {
  constexpr size_t kMostCells = 100'000;
  std::map<GroupKey, GroupFacts> filled = groups;
  if (groups.empty() || groups.begin()->first.size() < 2) return filled;
  std::vector<std::set<std::string>> values(groups.begin()->first.size());
  size_t cells = 1;
  for (const auto& [key, facts] : groups) {
    for (size_t i = 0; i < key.size(); ++i) values[i].insert(key[i]);
  }
  for (const auto& of_attribute : values) cells *= of_attribute.size();
  if (cells > kMostCells) return filled;
  GroupFacts nobody = groups.begin()->second;
  nobody.withheld = false;
  std::fill(nobody.counts.begin(), nobody.counts.end(), 0);
  std::fill(nobody.shares.begin(), nobody.shares.end(), std::pair<int64_t, int64_t>());
  std::vector<GroupKey> keys{{}};
  for (const auto& of_attribute : values) {
    std::vector<GroupKey> longer;
    for (const GroupKey& key : keys) {
      for (const std::string& value : of_attribute) {
        longer.push_back(key);
        longer.back().push_back(value);
      }
    }
    keys = std::move(longer);
  }
  for (const GroupKey& key : keys) filled.emplace(key, nobody);
  return filled;
}

bool HasPersons(const GroupFacts& facts) {
  return std::any_of(facts.counts.begin(), facts.counts.end(), [](int64_t n) { return n > 0; });
}

std::map<MarginKey, GroupFacts> WithMargins(const std::map<GroupKey, GroupFacts>& groups) {
  std::map<MarginKey, GroupFacts> cells;
  std::map<MarginKey, int> persons_in;  // how many groups under it have persons
  for (const auto& [key, facts] : groups) {
    for (size_t mask = 0; mask < size_t{1} << key.size(); ++mask) {
      MarginKey margin(key.begin(), key.end());
      for (size_t i = 0; i < key.size(); ++i) {
        if (mask >> i & 1) margin[i].reset();
      }
      GroupFacts& cell = cells[margin];
      AddFacts(facts, &cell);
      if (mask == 0) {
        cell.withheld = facts.withheld;
      } else if (HasPersons(facts)) {
        // A margin over one group is that group.
        cell.withheld = ++persons_in[margin] == 1 && facts.withheld;
      }
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

// The lines whose members are at this depth: a margin, and the cells under it where one more attribute takes
// each of its values.
SuppressionTable TableAt(size_t depth, const std::map<MarginKey, GroupFacts>& cells,
                         const std::map<MarginKey, bool>& decided, std::map<MarginKey, size_t>* index) {
  SuppressionTable table;
  std::map<std::pair<MarginKey, size_t>, SuppressionLine> lines;
  for (const auto& [key, facts] : cells) {
    if (Depth(key) > depth || Depth(key) + 1 < depth) continue;
    const auto known = decided.find(key);
    (*index)[key] = table.cells.size();
    table.cells.push_back(
        {.id = IdOf(key),
         .counts = facts.counts,
         .withheld = known != decided.end() ? known->second : facts.withheld || AllOrNothing(facts),
         .fixed = known != decided.end()});
  }
  for (const auto& [key, cell] : *index) {
    if (Depth(key) != depth) continue;
    for (size_t i = 0; i < key.size(); ++i) {
      if (!key[i]) continue;
      MarginKey above = key;
      above[i].reset();
      SuppressionLine& line = lines[{above, i}];
      line.total = index->at(above);
      line.members.push_back(cell);
    }
  }
  for (const auto& [place, line] : lines) table.lines.push_back(line);
  return table;
}

}  // namespace

// From the total down: a coarser table is published on its own, so what it shows and hides is decided before
// the finer ones, and stays.
std::map<GroupKey, bool> HideGroups(const std::map<GroupKey, GroupFacts>& groups, int64_t min_n) {
  const std::map<MarginKey, GroupFacts> cells = WithMargins(WithEmptyOnes(groups));
  const size_t attributes = groups.empty() ? 0 : groups.begin()->first.size();
  std::map<MarginKey, bool> decided;
  for (size_t depth = 0; depth <= attributes; ++depth) {
    std::map<MarginKey, size_t> index;
    const std::vector<bool> hidden = Suppress(TableAt(depth, cells, decided, &index), min_n);
    for (const auto& [key, cell] : index) decided.emplace(key, hidden[cell]);
  }
  std::map<GroupKey, bool> result;
  for (const auto& [key, hide] : decided) {
    if (Depth(key) != attributes) continue;
    GroupKey group;
    for (const auto& value : key) group.push_back(*value);
    // Of combinations nobody is in only the hidden ones have a row.
    if (hide || groups.contains(group)) result[group] = hide;
  }
  return result;
}

}  // namespace trellis
