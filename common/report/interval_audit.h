// How narrowly hidden cells can be bounded by who knows everything that is shown: linear programming over the
// counts a reader must think possible, with COIN-OR CLP.
//
// Each line is an equation in its hidden cells (derivability.h), each hidden cell a number of 0 or more. The
// feasible interval of a cell runs from the least to the greatest value it takes in any solution; counts are
// whole, so its ends are rounded inwards. Two hidden cells of which 8 persons are known in all are bounded to
// 0 … 8: who reads them knows a group of 8.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "common/report/derivability.h"

namespace trellis {

// One quantity of all hidden cells: persons, or favorable answers.
struct HiddenQuantity {
  std::vector<double> known;  // right side of each equation
  std::vector<double> truth;  // of each unknown: one of the solutions
  double least_width = 1;
};

// Most unknowns tied together that are audited; more would take minutes.
inline constexpr size_t kMostAudited = 1000;

// Of the unknowns that are `protect`ed, those whose feasible interval is narrower than asked, in their order;
// nullopt: there are too many to tell. REQUIRES: `truth` satisfies the equations and is not negative.
std::optional<std::vector<size_t>> FindNarrow(const std::vector<LinearEquation>& equations,
                                              const HiddenQuantity& quantity,
                                              const std::vector<bool>& protect);

}  // namespace trellis
