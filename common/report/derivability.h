// Which hidden cells follow from what is shown: each line is an equation in its hidden cells, ±1 each.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace trellis {

// Σ sign · cell = something known. Cells are numbered 0 … unknowns−1.
struct LinearEquation {
  std::vector<std::pair<size_t, int>> terms;  // cell, +1 or −1; a cell at most once
};

enum class Derivability {
  kNone,       // every unknown can still be more than one value
  kSome,       // `cell` is determined
  kUndecided,  // too large to tell
};

struct Derivation {
  Derivability found = Derivability::kNone;
  size_t cell = 0;
};

// The least determined unknown. Where no unknown stands in more than two equations and signs can be made
// opposite (a breakdown by one or two attributes) this is the search for a bridge in a graph, in linear time:
// equations are nodes, unknowns edges; an unknown of one equation leads to a node of its own kind, the
// ground. Otherwise by elimination, up to kMaxDense unknowns.
inline constexpr size_t kMaxDense = 1000;
Derivation FindDerivable(const std::vector<LinearEquation>& equations, size_t unknowns);

}  // namespace trellis
