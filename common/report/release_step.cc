#include "common/report/release_step.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "common/report/column_scan.h"
#include "common/report/group_lattice.h"

namespace trellis {
namespace {

// Persons who answered, by question; under "" all who responded.
using Answered = std::map<std::string, int64_t>;
using Tally = std::map<MarginKey, Answered>;

// The site and the attributes of the plan; a table is some of these, the site always first.
struct PlanSpace {
  std::vector<std::string> attributes;
  std::vector<std::vector<size_t>> tables;  // places in keys; 0 is the site

  explicit PlanSpace(const WaveDefinition& wave) {
    tables.push_back({0});
    for (const auto& declared : wave.plan) {
      std::set<size_t> table{0};
      for (const std::string& attribute : declared) {
        if (attribute == "site") continue;
        auto at = std::find(attributes.begin(), attributes.end(), attribute);
        if (at == attributes.end()) at = attributes.insert(attributes.end(), attribute);
        table.insert(static_cast<size_t>(at - attributes.begin()) + 1);
      }
      tables.emplace_back(table.begin(), table.end());
    }
  }

  // Every margin the full key of a person is in, each once.
  std::set<MarginKey> MarginsOf(const GroupKey& full) const {
    std::set<MarginKey> margins;
    for (const auto& table : tables) {
      for (size_t mask = 0; mask < size_t{1} << table.size(); ++mask) {
        MarginKey margin(full.size());
        for (size_t i = 0; i < table.size(); ++i) {
          if (mask >> i & 1) margin[table[i]] = full[table[i]];
        }
        margins.insert(std::move(margin));
      }
    }
    return margins;
  }
};

void Add(const Answered& from, Answered* to) {
  for (const auto& [item, n] : from) (*to)[item] += n;
}

Tally CountAll(const PlanSpace& space, const WaveState& state) {
  std::map<GroupKey, Answered> persons;  // by full key
  for (const WaveResponses& responses : state.responses) {
    const auto& questions = responses.columns->layout().questions;
    const ScanScope scope{.group_by = space.attributes, .until_ms = state.until_ms};
    for (const auto& [values, counts] : CountAnswers(*responses.columns, scope)) {
      GroupKey full{responses.site};
      full.insert(full.end(), values.begin(), values.end());
      Answered& answered = persons[full];
      answered[""] += counts.rows;
      for (size_t q = 0; q < counts.codes.size(); ++q) {
        for (int code = 1; code <= questions[q].options; ++code) {
          answered[questions[q].item] += counts.codes[q][static_cast<size_t>(code)];
        }
      }
    }
  }
  Tally tally;
  for (const auto& [full, answered] : persons) {
    for (const MarginKey& margin : space.MarginsOf(full)) Add(answered, &tally[margin]);
  }
  return tally;
}

// A response as it counts: where, and what was answered.
struct PlacedRow {
  GroupKey full;
  std::map<std::string, uint8_t> answers;
  friend bool operator==(const PlacedRow&, const PlacedRow&) = default;
};
using RowsById = std::map<RecordId, PlacedRow>;

RowsById RowsOf(const PlanSpace& space, const WaveState& state) {
  RowsById rows;
  for (const WaveResponses& responses : state.responses) {
    const auto& questions = responses.columns->layout().questions;
    for (const ResponseRow& row : responses.columns->RowsById()) {
      if (state.until_ms && row.identity.submitted_ms > *state.until_ms) continue;
      PlacedRow placed{{responses.site}, {}};
      for (const std::string& attribute : space.attributes) {
        const int index = responses.columns->AttributeIndex(attribute);
        placed.full.push_back(index < 0 ? "" : row.attributes[static_cast<size_t>(index)]);
      }
      for (size_t q = 0; q < questions.size(); ++q) {
        if (row.answers[q] >= 1 && row.answers[q] <= questions[q].options) {
          placed.answers[questions[q].item] = row.answers[q];
        }
      }
      rows[row.identity.id] = std::move(placed);
    }
  }
  return rows;
}

// Whose answers came to a cell, and whose left it.
struct Changes {
  Tally came;
  Tally left;
  int64_t more = 0;

  void Count(const PlanSpace& space, const PlacedRow& row, const PlacedRow* other, Tally* into) {
    Answered changed{{"", 1}};
    for (const auto& [item, code] : row.answers) {
      const bool same = other != nullptr && other->full == row.full && other->answers.contains(item) &&
                        other->answers.at(item) == code;
      if (!same) changed[item] = 1;
    }
    for (const MarginKey& margin : space.MarginsOf(row.full)) Add(changed, &(*into)[margin]);
  }
};

Changes Compare(const PlanSpace& space, const RowsById& shown, const RowsById& now) {
  Changes changes;
  for (const auto& [id, row] : now) {
    const auto before = shown.find(id);
    const bool known = before != shown.end();
    if (known && before->second == row) continue;
    if (!known) ++changes.more;
    changes.Count(space, row, known ? &before->second : nullptr, &changes.came);
  }
  for (const auto& [id, row] : shown) {
    const auto after = now.find(id);
    const bool known = after != now.end();
    if (known && after->second == row) continue;
    changes.Count(space, row, known ? &after->second : nullptr, &changes.left);
  }
  return changes;
}

int64_t At(const Tally& tally, const MarginKey& margin, const std::string& item) {
  const auto cell = tally.find(margin);
  if (cell == tally.end()) return 0;
  const auto found = cell->second.find(item);
  return found == cell->second.end() ? 0 : found->second;
}

class StepCheck {
 public:
  StepCheck(Tally shown, Tally now, Changes changes, int64_t min_n)
      : shown_(std::move(shown)), now_(std::move(now)), changes_(std::move(changes)), min_n_(min_n) {
    for (const auto& [margin, answered] : shown_) {
      for (size_t i = 0; i < margin.size(); ++i) {
        if (!margin[i]) continue;
        MarginKey above = margin;
        above[i].reset();
        lines_[{above, i}].push_back(margin);
      }
    }
  }

  bool Allowed() const {
    for (const auto& [margin, answered] : shown_) {
      for (const auto& [item, n] : answered) {
        if (Comparable(margin, item) &&
            Few(At(changes_.came, margin, item), At(changes_.left, margin, item))) {
          return false;
        }
      }
    }
    return std::all_of(lines_.begin(), lines_.end(),
                       [&](const auto& line) { return RestAllowed(line.first.first, line.second); });
  }

 private:
  bool Few(int64_t came, int64_t left) const {
    const int64_t changed = std::max(came, left);
    return 0 < changed && changed < min_n_;
  }
  bool Comparable(const MarginKey& margin, const std::string& item) const {
    return At(shown_, margin, item) >= min_n_ && At(now_, margin, item) >= min_n_;
  }
  bool RestAllowed(const MarginKey& total, const std::vector<MarginKey>& members) const {
    for (const auto& [item, n] : shown_.at(total)) {
      if (!Comparable(total, item)) continue;
      int64_t came = At(changes_.came, total, item), left = At(changes_.left, total, item);
      for (const MarginKey& member : members) {
        if (!Comparable(member, item)) continue;
        came -= At(changes_.came, member, item);
        left -= At(changes_.left, member, item);
      }
      if (Few(came, left)) return false;
    }
    return true;
  }

  const Tally shown_;
  const Tally now_;
  const Changes changes_;
  const int64_t min_n_;
  std::map<std::pair<MarginKey, size_t>, std::vector<MarginKey>> lines_;
};

}  // namespace

StepVerdict MayStep(const WaveDefinition& wave, const WaveState& shown, const WaveState& now, int64_t min_n) {
  const PlanSpace space(wave);
  Changes changes = Compare(space, RowsOf(space, shown), RowsOf(space, now));
  StepVerdict verdict{.allowed = true, .more = changes.more};
  if (changes.came.empty() && changes.left.empty()) return verdict;
  verdict.allowed =
      StepCheck(CountAll(space, shown), CountAll(space, now), std::move(changes), min_n).Allowed();
  return verdict;
}

}  // namespace trellis
