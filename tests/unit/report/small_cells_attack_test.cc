// Tries to solve for hidden cells as a reader could who knows every shown number of a table and its margins.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <map>
#include <random>
#include <set>

#include "common/report/group_lattice.h"

namespace trellis {
namespace {

using Cell = std::pair<int, int>;  // row, column; −1: the margin over it

// Whether the shown cells, with the sums that tie them together, determine some hidden one: the unit vector
// of a hidden unknown then lies in the row space of the equations.
int Solved(const std::map<Cell, bool>& hidden, int rows, int columns) {
  std::map<Cell, int> number;
  for (const auto& [cell, hide] : hidden) {
    if (hide) number.emplace(cell, static_cast<int>(number.size()));
  }
  if (number.empty()) return 0;
  Eigen::MatrixXd equations = Eigen::MatrixXd::Zero(rows + columns + 2, static_cast<int>(number.size()));
  int line = 0;
  const auto put = [&](const Cell& cell, double sign) {
    const auto found = number.find(cell);
    if (found != number.end()) equations(line, found->second) += sign;
  };
  for (int r = -1; r < rows; ++r, ++line) {
    for (int c = 0; c < columns; ++c) put({r, c}, 1);
    put({r, -1}, -1);
  }
  for (int c = -1; c < columns; ++c) {
    if (c == -1) {
      for (int r = 0; r < rows; ++r) put({r, -1}, 1);
      put({-1, -1}, -1);
    } else {
      for (int r = 0; r < rows; ++r) put({r, c}, 1);
      put({-1, c}, -1);
    }
    ++line;
  }
  const Eigen::FullPivLU<Eigen::MatrixXd> of_equations(equations);
  int solved = 0;
  for (const auto& [cell, at] : number) {
    Eigen::MatrixXd with(equations.rows() + 1, equations.cols());
    with << equations, Eigen::RowVectorXd::Unit(equations.cols(), at);
    solved += Eigen::FullPivLU<Eigen::MatrixXd>(with).rank() == of_equations.rank();
  }
  return solved;
}

// The table by both attributes, and the tables by one and by none, each hidden as published on its own.
TEST(SmallCellsAttack_, NoHiddenCellFollowsFromTableAndMargins) {
  std::mt19937 random(26);  // NOLINT(bugprone-random-generator-seed): the same tables every time
  for (int table = 0; table < 400; ++table) {
    const int rows = 2 + static_cast<int>(random() % 4), columns = 2 + static_cast<int>(random() % 5);
    std::map<GroupKey, GroupFacts> both, by_row, by_column, alone;
    for (int r = 0; r < rows; ++r) {
      for (int c = 0; c < columns; ++c) {
        const auto n = static_cast<int64_t>(random() % 3 == 0 ? random() % 10 : random() % 60);
        const std::string row = "r" + std::to_string(r), column = "c" + std::to_string(c);
        both[{row, column}].counts = {n};
        for (auto* facts : {&by_row[{row}], &by_column[{column}], &alone[{}]}) {
          facts->counts.resize(1);
          facts->counts[0] += n;
        }
      }
    }
    std::map<Cell, bool> hidden;
    const auto full = HideGroups(both, 10), row_margin = HideGroups(by_row, 10),
               column_margin = HideGroups(by_column, 10);
    hidden[{-1, -1}] = HideGroups(alone, 10).at({});
    for (int r = 0; r < rows; ++r) {
      hidden[{r, -1}] = row_margin.at({"r" + std::to_string(r)});
      for (int c = 0; c < columns; ++c) {
        hidden[{r, c}] = full.at({"r" + std::to_string(r), "c" + std::to_string(c)});
        hidden[{-1, c}] = column_margin.at({"c" + std::to_string(c)});
      }
    }
    std::string picture;
    for (const auto& [key, facts] : both) {
      picture += key[0] + key[1] + "=" + std::to_string(facts.counts[0]) + (full.at(key) ? "h " : " ");
    }
    for (const auto& [cell, hide] : hidden) {
      if (hide && (cell.first < 0 || cell.second < 0)) {
        picture += "margin " + std::to_string(cell.first) + "," + std::to_string(cell.second) + " ";
      }
    }
    EXPECT_EQ(Solved(hidden, rows, columns), 0) << picture;
  }
}

// The attack finds what a table hides badly, so that finding nothing means something.
TEST(SmallCellsAttack_, SolvesForASingleHiddenCell) {
  std::map<Cell, bool> hidden{{{0, 0}, true}};
  for (int r = -1; r < 2; ++r) {
    for (int c = -1; c < 2; ++c) hidden.emplace(Cell{r, c}, false);
  }
  EXPECT_EQ(Solved(hidden, 2, 2), 1);
}

}  // namespace
}  // namespace trellis
