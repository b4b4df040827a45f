#include "common/report/group_lattice.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace trellis {
namespace {

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

// Adds the groups of a table and its margins, unless a table before it had them.
void AddTable(const GroupTable& table, size_t attributes, size_t depth,
              std::map<MarginKey, GroupFacts>* cells) {
  std::map<MarginKey, GroupFacts> own;
  std::map<MarginKey, int> persons_in;  // how many groups under it have persons
  for (const auto& [key, facts] : WithEmptyOnes(table.groups)) {
    for (size_t mask = 0; mask < size_t{1} << key.size(); ++mask) {
      if (key.size() - static_cast<size_t>(std::popcount(mask)) > depth) continue;
      MarginKey margin(attributes);
      for (size_t i = 0; i < key.size(); ++i) {
        if ((mask >> i & 1) == 0) margin[table.attributes[i]] = key[i];
      }
      GroupFacts& cell = own[margin];
      AddFacts(facts, &cell);
      if (mask == 0) {
        cell.withheld = facts.withheld;
      } else if (HasPersons(facts)) {
        // A margin over one group is that group.
        cell.withheld = ++persons_in[margin] == 1 && facts.withheld;
      }
    }
  }
  for (auto& [margin, facts] : own) {
    const auto [known, added] = cells->try_emplace(margin, facts);
    if (!added) known->second.withheld = known->second.withheld || facts.withheld;
  }
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

// The parts of the proportions of which there are any.
std::vector<int64_t> PartsOf(const GroupFacts& facts, const std::vector<bool>& used) {
  std::vector<int64_t> parts;
  for (size_t i = 0; i < facts.shares.size(); ++i) {
    if (!used[i]) continue;
    parts.push_back(facts.shares[i].first);
    parts.push_back(facts.shares[i].second - facts.shares[i].first);
  }
  return parts;
}

class Lattice {
 public:
  Lattice(const std::vector<GroupTable>& tables, size_t attributes, size_t depth,
          const std::map<MarginKey, bool>& hidden_already)
      : attributes_(attributes), depth_(depth) {
    for (const GroupTable& table : tables) AddTable(table, attributes, depth, &cells_);
    for (const auto& [key, hidden] : hidden_already) {
      const auto cell = cells_.find(key);
      if (hidden && cell != cells_.end()) cell->second.withheld = true;
    }
    for (const auto& [key, facts] : cells_) {
      used_.resize(facts.shares.size());
      for (size_t i = 0; i < used_.size(); ++i) used_[i] = used_[i] || facts.shares[i].second > 0;
    }
  }

  // From the total down: a coarser table is published on its own, so what it shows and hides is decided
  // before the finer ones, and stays.
  std::map<MarginKey, bool> Hide(int64_t min_n) const {
    std::map<MarginKey, bool> decided;
    for (size_t depth = 0; depth <= depth_; ++depth) {
      std::map<MarginKey, size_t> index;
      const std::vector<bool> hidden = Suppress(TableAt(depth, decided, &index), min_n);
      for (const auto& [key, cell] : index) decided.emplace(key, hidden[cell]);
    }
    return decided;
  }

  // Once more over everything: the margins by two and more attributes together bound the groups under them,
  // so that some of these may have to be hidden too. Those by one attribute stay.
  std::map<MarginKey, bool> HideAsAWhole(int64_t min_n) const {
    std::map<MarginKey, bool> decided = Hide(min_n);
    if (depth_ < 3) return decided;
    std::map<MarginKey, size_t> index;
    SuppressionTable table = TableAt(depth_, decided, &index);
    for (const auto& [key, cell] : index) table.cells[cell].fixed = Depth(key) < 2;
    const std::vector<bool> hidden = Suppress(table, min_n);
    for (const auto& [key, cell] : index) decided[key] = hidden[cell];
    return decided;
  }

 private:
  // All cells and lines down to this depth. A line is a margin and the cells under it where one more
  // attribute takes each of its values; margins' lines first.
  SuppressionTable TableAt(size_t depth, const std::map<MarginKey, bool>& decided,
                           std::map<MarginKey, size_t>* index) const {
    SuppressionTable table;
    std::map<std::tuple<size_t, MarginKey, size_t>, SuppressionLine> lines;
    for (const auto& [key, facts] : cells_) {
      if (Depth(key) > depth) continue;
      const auto known = decided.find(key);
      (*index)[key] = table.cells.size();
      table.cells.push_back(
          {.id = IdOf(key),
           .counts = facts.counts,
           .withheld = known != decided.end() ? known->second : facts.withheld || AllOrNothing(facts),
           .parts = PartsOf(facts, used_),
           .fixed = known != decided.end()});
    }
    for (const auto& [key, cell] : *index) {
      for (size_t i = 0; i < attributes_; ++i) {
        if (!key[i]) continue;
        MarginKey above = key;
        above[i].reset();
        SuppressionLine& line = lines[{Depth(key), above, i}];
        line.total = index->at(above);
        line.members.push_back(cell);
      }
    }
    for (const auto& [place, line] : lines) table.lines.push_back(line);
    return table;
  }

  const size_t attributes_;
  const size_t depth_;
  std::map<MarginKey, GroupFacts> cells_;
  std::vector<bool> used_;  // proportions that are defined somewhere
};

}  // namespace

std::map<MarginKey, bool> HideTables(const std::vector<GroupTable>& tables, size_t attributes, size_t depth,
                                     int64_t min_n, const std::map<MarginKey, bool>& hidden_already) {
  return Lattice(tables, attributes, depth, hidden_already).HideAsAWhole(min_n);
}

std::map<GroupKey, bool> HideGroups(const std::map<GroupKey, GroupFacts>& groups, int64_t min_n) {
  const size_t attributes = groups.empty() ? 0 : groups.begin()->first.size();
  GroupTable table{std::vector<size_t>(attributes), groups};
  std::iota(table.attributes.begin(), table.attributes.end(), size_t{0});
  std::map<GroupKey, bool> result;
  for (const auto& [key, hide] : Lattice({table}, attributes, attributes, {}).Hide(min_n)) {
    if (Depth(key) != attributes) continue;
    GroupKey group;
    for (const auto& value : key) group.push_back(*value);
    // Of combinations nobody is in only the hidden ones have a row.
    if (hide || groups.contains(group)) result[group] = hide;
  }
  return result;
}

}  // namespace trellis
