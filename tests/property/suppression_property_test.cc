// No hidden cell of a random table follows from what is shown, by any linear combination of its lines.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <vector>

#include "common/report/group_lattice.h"

namespace trellis {
namespace {

// Exact arithmetic on small fractions.
struct Fraction {
  int64_t top = 0;
  int64_t bottom = 1;

  Fraction(int64_t t = 0, int64_t b = 1) : top(t), bottom(b) {
    if (bottom < 0) {
      top = -top;
      bottom = -bottom;
    }
    const int64_t common = std::gcd(top, bottom);
    if (common > 1) {
      top /= common;
      bottom /= common;
    }
  }
  Fraction operator*(Fraction o) const { return {top * o.top, bottom * o.bottom}; }
  Fraction operator/(Fraction o) const { return {top * o.bottom, bottom * o.top}; }
  Fraction operator-(Fraction o) const { return {top * o.bottom - o.top * bottom, bottom * o.bottom}; }
  bool zero() const { return top == 0; }
};
using Matrix = std::vector<std::vector<Fraction>>;

void Eliminate(Matrix* rows) {
  if (rows->empty()) return;
  size_t rank = 0;
  for (size_t column = 0; column < (*rows)[0].size(); ++column) {
    size_t pivot = rank;
    while (pivot < rows->size() && (*rows)[pivot][column].zero()) ++pivot;
    if (pivot == rows->size()) continue;
    std::swap((*rows)[pivot], (*rows)[rank]);
    const Fraction scale = (*rows)[rank][column];
    for (Fraction& entry : (*rows)[rank]) entry = entry / scale;
    for (size_t row = 0; row < rows->size(); ++row) {
      if (row == rank || (*rows)[row][column].zero()) continue;
      const Fraction factor = (*rows)[row][column];
      for (size_t c = 0; c < (*rows)[row].size(); ++c) {
        (*rows)[row][c] = (*rows)[row][c] - factor * (*rows)[rank][c];
      }
    }
    ++rank;
  }
}

// Whether some hidden column is determined: its unit vector is among the reduced rows.
bool AnyDetermined(Matrix rows) {
  Eliminate(&rows);
  for (const auto& row : rows) {
    const auto unknowns = std::count_if(row.begin(), row.end(), [](const Fraction& f) { return !f.zero(); });
    if (unknowns == 1) return true;
  }
  return false;
}

struct RandomTable {
  SuppressionTable table;
  size_t rows = 0;
  size_t columns = 0;
};

// rows × columns cells, then row totals, column totals and the total of all.
RandomTable TwoWayTable(size_t rows, size_t columns, const std::vector<int64_t>& counts) {
  RandomTable random{.rows = rows, .columns = columns};
  const auto add = [&](int64_t n) {
    random.table.cells.push_back({"cell " + std::to_string(random.table.cells.size()), {n}});
    return random.table.cells.size() - 1;
  };
  for (size_t i = 0; i < rows * columns; ++i) add(counts[i]);
  SuppressionLine all_rows, all_columns;
  std::vector<SuppressionLine> lines;
  int64_t total = 0;
  for (size_t r = 0; r < rows; ++r) {
    SuppressionLine line;
    int64_t sum = 0;
    for (size_t c = 0; c < columns; ++c) {
      line.members.push_back(r * columns + c);
      sum += counts[r * columns + c];
    }
    line.total = add(sum);
    total += sum;
    all_rows.members.push_back(*line.total);
    lines.push_back(line);
  }
  for (size_t c = 0; c < columns; ++c) {
    SuppressionLine line;
    int64_t sum = 0;
    for (size_t r = 0; r < rows; ++r) {
      line.members.push_back(r * columns + c);
      sum += counts[r * columns + c];
    }
    line.total = add(sum);
    all_columns.members.push_back(*line.total);
    lines.push_back(line);
  }
  all_rows.total = all_columns.total = add(total);
  random.table.lines = {all_rows, all_columns};
  random.table.lines.insert(random.table.lines.end(), lines.begin(), lines.end());
  return random;
}

Matrix Equations(const SuppressionTable& table, const std::vector<bool>& hidden) {
  std::map<size_t, size_t> column;
  for (size_t cell = 0; cell < hidden.size(); ++cell) {
    if (hidden[cell]) column.emplace(cell, column.size());
  }
  Matrix rows;
  for (const SuppressionLine& line : table.lines) {
    std::vector<Fraction> row(column.size());
    for (size_t member : line.members) {
      if (hidden[member]) row[column[member]] = 1;
    }
    if (hidden[*line.total]) row[column[*line.total]] = -1;
    rows.push_back(row);
  }
  return rows;
}

// Tables in which a hidden cell would follow are rare, so each case tries several.
TEST(SuppressionProperty, NoHiddenCellFollowsFromWhatIsShown) {
  EXPECT_TRUE(rc::check([] {
    for (int table = 0; table < 50; ++table) {
      const auto rows = *rc::gen::inRange<size_t>(1, 6);
      const auto columns = *rc::gen::inRange<size_t>(1, 6);
      const auto small = rc::gen::inRange<int64_t>(0, 14);
      const auto large = rc::gen::inRange<int64_t>(0, 60);
      const auto counts =
          *rc::gen::container<std::vector<int64_t>>(rows * columns, rc::gen::oneOf(small, large, large));
      const RandomTable random = TwoWayTable(rows, columns, counts);
      const std::vector<bool> hidden = Suppress(random.table, 10);
      RC_ASSERT(!AnyDetermined(Equations(random.table, hidden)));
    }
  }));
}

TEST(SuppressionProperty, NoSmallCellIsShownAndNoneLeavesFewOthers) {
  EXPECT_TRUE(rc::check([] {
    const auto rows = *rc::gen::inRange<size_t>(1, 6);
    const auto columns = *rc::gen::inRange<size_t>(1, 6);
    const auto counts =
        *rc::gen::container<std::vector<int64_t>>(rows * columns, rc::gen::inRange<int64_t>(0, 40));
    const RandomTable random = TwoWayTable(rows, columns, counts);
    const std::vector<bool> hidden = Suppress(random.table, 10);
    for (size_t cell = 0; cell < hidden.size(); ++cell) {
      const int64_t n = random.table.cells[cell].counts[0];
      if (n > 0 && n < 10) RC_ASSERT(hidden[cell]);
    }
    for (const SuppressionLine& line : random.table.lines) {
      for (size_t member : line.members) {
        const int64_t n = random.table.cells[member].counts[0];
        const int64_t others = random.table.cells[*line.total].counts[0] - n;
        if (n > 0 && others > 0 && others < 10) RC_ASSERT(hidden[member]);
      }
    }
  }));
}

TEST(SuppressionProperty, ThreeWayBreakdownsKeepTheirSecrets) {
  EXPECT_TRUE(rc::check([] {
    std::map<GroupKey, GroupFacts> groups;
    for (const char* a : {"1", "2", "3"}) {
      for (const char* b : {"x", "y"}) {
        for (const char* c : {"p", "q", "r"}) {
          groups[{a, b, c}] = {{*rc::gen::inRange<int64_t>(0, 40)}, {}, false};
        }
      }
    }
    const auto hidden = HideGroups(groups, 10);
    for (const auto& [key, facts] : groups) {
      if (facts.counts[0] > 0 && facts.counts[0] < 10) RC_ASSERT(hidden.at(key));
    }
    RC_ASSERT(HideGroups(groups, 10) == hidden);
  }));
}

}  // namespace
}  // namespace trellis
