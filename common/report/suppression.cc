#include "common/report/suppression.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace trellis {
namespace {

bool IsSmall(int64_t n, int64_t min_n) { return 0 < n && n < min_n; }

class Suppressor {
 public:
  Suppressor(const SuppressionTable& table, int64_t min_n)
      : table_(table), hidden_(table.cells.size(), false) {
    HidePrimary(min_n);
  }

  std::vector<bool> Run() {
    do {
      HideComplements();
    } while (HideAgainstCombinations());
    return hidden_;
  }

 private:
  void HidePrimary(int64_t min_n) {
    for (size_t cell = 0; cell < hidden_.size(); ++cell) {
      hidden_[cell] = table_.cells[cell].withheld;
      for (int64_t n : table_.cells[cell].counts) {
        if (IsSmall(n, min_n)) hidden_[cell] = true;
      }
    }
    for (const SuppressionLine& line : table_.lines) {
      if (!line.total) continue;
      for (size_t member : line.members) {
        for (size_t i = 0; i < table_.cells[member].counts.size(); ++i) {
          const int64_t n = table_.cells[member].counts[i];
          if (n > 0 && IsSmall(table_.cells[*line.total].counts[i] - n, min_n)) hidden_[member] = true;
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
    return !hidden_[cell] && std::any_of(counts.begin(), counts.end(), [](int64_t n) { return n > 0; });
  }

  // The smallest cell of the line that could be hidden; its total only when no member is left.
  std::optional<size_t> SmallestShown(const SuppressionLine& line) const {
    std::optional<size_t> smallest;
    for (size_t member : line.members) {
      if (Candidate(member) && (!smallest || Smaller(member, *smallest))) smallest = member;
    }
    if (!smallest && line.total && Candidate(*line.total)) return line.total;
    return smallest;
  }

  // Rule (3), the first line that needs it at a time. A line whose total is not published gives nothing away.
  void HideComplements() {
    for (bool changed = true; changed;) {
      changed = false;
      for (const SuppressionLine& line : table_.lines) {
        if (!line.total) continue;
        const std::vector<size_t> cells = CellsOf(line);
        if (std::count_if(cells.begin(), cells.end(), [&](size_t c) { return hidden_[c]; }) != 1) continue;
        if (const auto next = SmallestShown(line)) {
          hidden_[*next] = true;
          changed = true;
          break;
        }
      }
    }
  }

  // Rule (4). True if something was hidden.
  bool HideAgainstCombinations() {
    for (const std::vector<const SuppressionLine*>& lines : Components()) {
      const std::optional<size_t> derivable = Derivable(lines);
      if (!derivable) continue;
      std::optional<size_t> chosen = SmallestIn(lines, *derivable);
      if (!chosen) chosen = SmallestIn(lines, std::nullopt);
      if (!chosen) continue;
      hidden_[*chosen] = true;
      return true;
    }
    return false;
  }

  // The smallest shown cell of those lines, of the ones through `cell` if one is given.
  std::optional<size_t> SmallestIn(const std::vector<const SuppressionLine*>& lines,
                                   std::optional<size_t> cell) const {
    std::optional<size_t> smallest;
    for (const SuppressionLine* line : lines) {
      const std::vector<size_t> cells = CellsOf(*line);
      if (cell && std::find(cells.begin(), cells.end(), *cell) == cells.end()) continue;
      const auto candidate = SmallestShown(*line);
      if (candidate && (!smallest || Smaller(*candidate, *smallest))) smallest = candidate;
    }
    return smallest;
  }

  // Lines that share hidden cells, together; only those with a hidden cell.
  std::vector<std::vector<const SuppressionLine*>> Components() const {
    std::vector<size_t> parent(hidden_.size());
    std::iota(parent.begin(), parent.end(), size_t{0});
    const auto root = [&](size_t cell) {
      while (parent[cell] != cell) cell = parent[cell] = parent[parent[cell]];
      return cell;
    };
    std::vector<std::pair<size_t, const SuppressionLine*>> firsts;
    for (const SuppressionLine& line : table_.lines) {
      if (!line.total) continue;
      std::optional<size_t> first;
      for (size_t cell : CellsOf(line)) {
        if (!hidden_[cell]) continue;
        if (first) parent[root(cell)] = root(*first);
        if (!first) first = cell;
      }
      if (first) firsts.emplace_back(*first, &line);
    }
    std::map<size_t, std::vector<const SuppressionLine*>> grouped;
    for (const auto& [cell, line] : firsts) grouped[root(cell)].push_back(line);
    std::vector<std::vector<const SuppressionLine*>> components;
    for (auto& [cell, lines] : grouped) components.push_back(std::move(lines));
    return components;
  }

  // A hidden cell that the lines, each an equation in the hidden cells, determine: after elimination its row
  // has no other unknown.
  std::optional<size_t> Derivable(const std::vector<const SuppressionLine*>& lines) const {
    std::map<size_t, size_t> column_of;
    for (const SuppressionLine* line : lines) {
      for (size_t cell : CellsOf(*line)) {
        if (hidden_[cell]) column_of.emplace(cell, 0);
      }
    }
    std::vector<size_t> cells;
    for (auto& [cell, column] : column_of) {
      column = cells.size();
      cells.push_back(cell);
    }
    std::vector<std::vector<double>> rows;
    for (const SuppressionLine* line : lines) {
      std::vector<double>& row = rows.emplace_back(cells.size());
      for (size_t member : line->members) {
        if (hidden_[member]) row[column_of[member]] += 1;
      }
      if (hidden_[*line->total]) row[column_of[*line->total]] -= 1;
    }
    Reduce(&rows, cells.size());
    for (const std::vector<double>& row : rows) {
      std::optional<size_t> only;
      int unknowns = 0;
      for (size_t column = 0; column < row.size(); ++column) {
        if (row[column] == 0) continue;
        ++unknowns;
        only = cells[column];
      }
      if (unknowns == 1) return only;
    }
    return std::nullopt;
  }

  // To reduced row echelon form. Entries start as 0 and ±1; what rounding leaves is cleared.
  static void Reduce(std::vector<std::vector<double>>* rows, size_t columns) {
    constexpr double kNothing = 1e-9;
    size_t rank = 0;
    for (size_t column = 0; column < columns && rank < rows->size(); ++column) {
      size_t pivot = rank;
      for (size_t row = rank + 1; row < rows->size(); ++row) {
        if (std::fabs((*rows)[row][column]) > std::fabs((*rows)[pivot][column])) pivot = row;
      }
      if (std::fabs((*rows)[pivot][column]) < kNothing) continue;
      std::swap((*rows)[pivot], (*rows)[rank]);
      const double scale = (*rows)[rank][column];
      for (double& entry : (*rows)[rank]) entry /= scale;
      for (size_t row = 0; row < rows->size(); ++row) {
        const double factor = (*rows)[row][column];
        if (row == rank || factor == 0) continue;
        for (size_t c = column; c < columns; ++c) {
          double& entry = (*rows)[row][c];
          entry -= factor * (*rows)[rank][c];
          if (std::fabs(entry) < kNothing) entry = 0;
        }
      }
      ++rank;
    }
  }

  const SuppressionTable& table_;
  std::vector<bool> hidden_;
};

}  // namespace

std::vector<bool> Suppress(const SuppressionTable& table, int64_t min_n) {
  return Suppressor(table, min_n).Run();
}

}  // namespace trellis
