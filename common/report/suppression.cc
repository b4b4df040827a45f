#include "common/report/suppression.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "common/report/derivability.h"
#include "common/report/interval_audit.h"

namespace trellis {
namespace {

bool IsSmall(int64_t n, int64_t min_n) { return 0 < n && n < min_n; }

class Suppressor {
 public:
  Suppressor(const SuppressionTable& table, int64_t min_n)
      : table_(table),
        hidden_(table.cells.size(), false),
        lines_of_(table.cells.size()),
        hidden_in_(table.lines.size(), 0),
        min_n_(min_n) {
    // A line whose total is not published gives nothing away.
    for (size_t line = 0; line < table.lines.size(); ++line) {
      if (!table.lines[line].total) continue;
      for (size_t cell : CellsOf(table.lines[line])) lines_of_[cell].push_back(line);
    }
    HidePrimary();
  }

  std::vector<bool> Run() {
    do {
      HideComplements();
    } while (HideAgainstCombinations() || HideAgainstBounds());
    return hidden_;
  }

 private:
  void Hide(size_t cell) {
    if (hidden_[cell]) return;
    hidden_[cell] = true;
    for (size_t line : lines_of_[cell]) ++hidden_in_[line];
  }

  void HidePrimary() {
    for (size_t cell = 0; cell < hidden_.size(); ++cell) {
      const auto& counts = table_.cells[cell].counts;
      const bool small =
          std::any_of(counts.begin(), counts.end(), [&](int64_t n) { return IsSmall(n, min_n_); });
      if ((small && !table_.cells[cell].fixed) || table_.cells[cell].withheld) Hide(cell);
    }
    for (const SuppressionLine& line : table_.lines) {
      if (!line.total) continue;
      for (size_t member : line.members) {
        for (size_t i = 0; i < table_.cells[member].counts.size(); ++i) {
          const int64_t n = table_.cells[member].counts[i];
          if (n > 0 && IsSmall(table_.cells[*line.total].counts[i] - n, min_n_)) Hide(member);
        }
      }
    }
  }

  static std::vector<size_t> CellsOf(const SuppressionLine& line) {
    std::vector<size_t> cells = line.members;
    if (line.total) cells.push_back(*line.total);
    return cells;
  }

  bool Smaller(size_t a, size_t b) const {
    const SuppressionCell& x = table_.cells[a];
    const SuppressionCell& y = table_.cells[b];
    if (x.counts != y.counts) return x.counts < y.counts;
    return x.id < y.id;
  }

  bool Candidate(size_t cell) const {
    const auto& counts = table_.cells[cell].counts;
    return !hidden_[cell] && !table_.cells[cell].fixed &&
           std::any_of(counts.begin(), counts.end(), [](int64_t n) { return n > 0; });
  }

  // The smallest cell of the line that could be hidden; its total only when no member is left.
  std::optional<size_t> SmallestShown(const SuppressionLine& line) const {
    std::optional<size_t> smallest;
    for (size_t member : line.members) {
      if (Candidate(member) && (!smallest || Smaller(member, *smallest))) smallest = member;
    }
    if (smallest || !line.total) return smallest;
    if (Candidate(*line.total)) return line.total;
    for (size_t member : line.members) {
      if (!hidden_[member] && !table_.cells[member].fixed && table_.cells[*line.total].fixed) return member;
    }
    return smallest;
  }

  // Rule (3), always the first line that needs it.
  void HideComplements() {
    for (size_t line = 0; line < table_.lines.size(); ++line) {
      if (hidden_in_[line] != 1) continue;
      const auto next = SmallestShown(table_.lines[line]);
      if (!next) continue;
      Hide(*next);
      line = static_cast<size_t>(-1);
    }
  }

  // Rule (4). True if something was hidden.
  bool HideAgainstCombinations() {
    for (const std::vector<size_t>& lines : Components()) {
      std::map<size_t, size_t> number_of;
      std::vector<size_t> cells;
      const std::vector<LinearEquation> equations = EquationsOf(lines, &number_of, &cells);
      const Derivation derivation = FindDerivable(equations, cells.size());
      if (derivation.found == Derivability::kNone) continue;
      if (derivation.found == Derivability::kUndecided) {
        if (HideAll(lines)) return true;
        continue;
      }
      std::optional<size_t> chosen = SmallestIn(lines_of_[cells[derivation.cell]]);
      if (!chosen) chosen = SmallestIn(lines);
      if (!chosen) continue;
      Hide(*chosen);
      return true;
    }
    return false;
  }

  // Rule (4), the feasible intervals. True if something was hidden.
  bool HideAgainstBounds() {
    bool any = false;
    for (const std::vector<size_t>& lines : Components()) {
      std::map<size_t, size_t> number_of;
      std::vector<size_t> cells;
      const std::vector<LinearEquation> equations = EquationsOf(lines, &number_of, &cells);
      for (const size_t quantity : Quantities(lines)) {
        const auto narrow = FindNarrow(equations, QuantityOf(quantity, lines, cells), Protected(cells));
        if (!narrow) {
          any = HideAll(lines) || any;
          break;
        }
        if (HideBeside(*narrow, cells, lines)) {
          any = true;
          break;
        }
      }
    }
    return any;
  }

  // For each of the narrow cells the smallest other of its lines, unless one was just hidden there.
  bool HideBeside(const std::vector<size_t>& narrow, const std::vector<size_t>& cells,
                  const std::vector<size_t>& lines) {
    std::set<size_t> served;
    for (const size_t unknown : narrow) {
      const std::vector<size_t>& own = lines_of_[cells[unknown]];
      if (std::any_of(own.begin(), own.end(), [&](size_t line) { return served.contains(line); })) continue;
      std::optional<size_t> chosen = SmallestIn(own);
      if (!chosen) chosen = SmallestIn(lines);
      if (!chosen) continue;
      Hide(*chosen);
      served.insert(lines_of_[*chosen].begin(), lines_of_[*chosen].end());
    }
    return !served.empty();
  }

  // The counts, then the parts.
  std::vector<size_t> Quantities(const std::vector<size_t>& lines) const {
    const SuppressionCell& cell = table_.cells[*table_.lines[lines[0]].total];
    std::vector<size_t> numbers(cell.counts.size() + cell.parts.size());
    std::iota(numbers.begin(), numbers.end(), size_t{0});
    return numbers;
  }

  static double Value(const SuppressionCell& cell, size_t quantity) {
    return static_cast<double>(quantity < cell.counts.size() ? cell.counts[quantity]
                                                             : cell.parts[quantity - cell.counts.size()]);
  }

  HiddenQuantity QuantityOf(size_t number, const std::vector<size_t>& lines,
                            const std::vector<size_t>& cells) const {
    HiddenQuantity quantity;
    for (const size_t cell : cells) quantity.truth.push_back(Value(table_.cells[cell], number));
    for (const size_t line : lines) {
      const size_t total = *table_.lines[line].total;
      double known = hidden_[total] ? 0 : Value(table_.cells[total], number);
      for (const size_t member : table_.lines[line].members) {
        if (!hidden_[member]) known -= Value(table_.cells[member], number);
      }
      quantity.known.push_back(known);
    }
    if (number < table_.cells[cells[0]].counts.size()) quantity.least_width = static_cast<double>(min_n_);
    return quantity;
  }

  // Nobody is protected by what is said of no persons.
  std::vector<bool> Protected(const std::vector<size_t>& cells) const {
    std::vector<bool> protect;
    for (const size_t cell : cells) {
      const auto& counts = table_.cells[cell].counts;
      protect.push_back(std::any_of(counts.begin(), counts.end(), [](int64_t n) { return n > 0; }));
    }
    return protect;
  }

  // What cannot be shown to be safe is not shown.
  bool HideAll(const std::vector<size_t>& lines) {
    bool any = false;
    for (size_t line : lines) {
      for (size_t cell : CellsOf(table_.lines[line])) {
        any = any || Candidate(cell);
        Hide(cell);
      }
    }
    return any;
  }

  std::optional<size_t> SmallestIn(const std::vector<size_t>& lines) const {
    std::optional<size_t> smallest;
    for (size_t line : lines) {
      const auto candidate = SmallestShown(table_.lines[line]);
      if (candidate && (!smallest || Smaller(*candidate, *smallest))) smallest = candidate;
    }
    return smallest;
  }

  // The lines' hidden cells, numbered in the order of the cells.
  std::vector<LinearEquation> EquationsOf(const std::vector<size_t>& lines,
                                          std::map<size_t, size_t>* number_of,
                                          std::vector<size_t>* cells) const {
    for (size_t line : lines) {
      for (size_t cell : CellsOf(table_.lines[line])) {
        if (hidden_[cell]) number_of->emplace(cell, 0);
      }
    }
    for (auto& [cell, number] : *number_of) {
      number = cells->size();
      cells->push_back(cell);
    }
    std::vector<LinearEquation> equations;
    for (size_t line : lines) {
      LinearEquation& equation = equations.emplace_back();
      for (size_t member : table_.lines[line].members) {
        if (hidden_[member]) equation.terms.emplace_back(number_of->at(member), 1);
      }
      const size_t total = *table_.lines[line].total;
      if (hidden_[total]) equation.terms.emplace_back(number_of->at(total), -1);
    }
    return equations;
  }

  // Lines that share hidden cells, together; only those with a hidden cell.
  std::vector<std::vector<size_t>> Components() const {
    std::vector<size_t> parent(table_.lines.size());
    std::iota(parent.begin(), parent.end(), size_t{0});
    const auto root = [&](size_t line) {
      while (parent[line] != line) line = parent[line] = parent[parent[line]];
      return line;
    };
    for (size_t cell = 0; cell < hidden_.size(); ++cell) {
      if (!hidden_[cell]) continue;
      for (size_t line : lines_of_[cell]) parent[root(line)] = root(lines_of_[cell][0]);
    }
    std::map<size_t, std::vector<size_t>> grouped;
    for (size_t line = 0; line < table_.lines.size(); ++line) {
      if (hidden_in_[line] > 0) grouped[root(line)].push_back(line);
    }
    std::vector<std::vector<size_t>> components;
    for (auto& [first, lines] : grouped) components.push_back(std::move(lines));
    return components;
  }

  const SuppressionTable& table_;
  std::vector<bool> hidden_;
  std::vector<std::vector<size_t>> lines_of_;  // of each cell; those with a published total
  std::vector<int> hidden_in_;                 // how many of each line's cells are hidden
  const int64_t min_n_;
};

}  // namespace

std::vector<bool> Suppress(const SuppressionTable& table, int64_t min_n) {
  return Suppressor(table, min_n).Run();
}

}  // namespace trellis
