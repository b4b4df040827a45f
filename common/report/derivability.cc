#include "common/report/derivability.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace trellis {
namespace {

struct Edge {
  size_t from = 0;
  size_t to = 0;
  bool opposite = false;  // its signs differ in the two equations
};

// nullopt if some unknown stands in more than two equations.
std::optional<std::vector<Edge>> AsGraph(const std::vector<LinearEquation>& equations, size_t unknowns) {
  const size_t ground = equations.size();
  std::vector<Edge> edges(unknowns);
  std::vector<int> seen(unknowns), sign(unknowns);
  for (size_t node = 0; node < equations.size(); ++node) {
    for (const auto& [cell, coefficient] : equations[node].terms) {
      Edge& edge = edges[cell];
      if (seen[cell] == 0) edge = {node, ground, true};
      if (seen[cell] == 1) edge = {edge.from, node, sign[cell] != coefficient};
      if (++seen[cell] > 2) return std::nullopt;
      sign[cell] = coefficient;
    }
  }
  return edges;
}

class BridgeSearch {
 public:
  BridgeSearch(const std::vector<Edge>& edges, size_t nodes)
      : edges_(edges), at_(nodes), entered_(nodes), low_(nodes) {
    for (size_t e = 0; e < edges.size(); ++e) {
      at_[edges[e].from].push_back(e);
      at_[edges[e].to].push_back(e);
    }
  }

  // Whether equations can be negated so that every unknown has opposite signs in its two.
  bool SignsAgree() const {
    std::vector<int> factor(at_.size());
    const size_t ground = at_.size() - 1;
    for (size_t start = 0; start < ground; ++start) {
      if (factor[start] != 0) continue;
      factor[start] = 1;
      std::vector<size_t> stack{start};
      while (!stack.empty()) {
        const size_t node = stack.back();
        stack.pop_back();
        for (size_t e : at_[node]) {
          const size_t other = edges_[e].from == node ? edges_[e].to : edges_[e].from;
          if (other == ground) continue;  // the ground takes any sign
          const int wanted = edges_[e].opposite ? factor[node] : -factor[node];
          if (factor[other] == -wanted) return false;
          if (factor[other] == wanted) continue;
          factor[other] = wanted;
          stack.push_back(other);
        }
      }
    }
    return true;
  }

  std::optional<size_t> LeastBridge() {
    for (size_t node = 0; node < at_.size(); ++node) {
      if (entered_[node] == 0) Visit(node);
    }
    return least_;
  }

 private:
  struct Step {
    size_t node = 0;
    size_t by = 0;  // the edge it was reached by
    size_t next = 0;
  };
  static constexpr size_t kNoEdge = static_cast<size_t>(-1);

  // Depth first (Tarjan 1974): an edge is a bridge if nothing below it reaches above it another way.
  void Visit(size_t root) {
    std::vector<Step> stack{{root, kNoEdge}};
    entered_[root] = low_[root] = ++clock_;
    while (!stack.empty()) {
      Step& step = stack.back();
      if (step.next < at_[step.node].size()) {
        const size_t e = at_[step.node][step.next++];
        if (e == step.by) continue;
        const size_t other = edges_[e].from == step.node ? edges_[e].to : edges_[e].from;
        if (entered_[other] != 0) {
          low_[step.node] = std::min(low_[step.node], entered_[other]);
        } else {
          entered_[other] = low_[other] = ++clock_;
          stack.push_back({other, e});
        }
        continue;
      }
      const Step done = step;
      stack.pop_back();
      if (stack.empty()) continue;
      const size_t above = stack.back().node;
      low_[above] = std::min(low_[above], low_[done.node]);
      if (low_[done.node] > entered_[above]) least_ = std::min(least_.value_or(done.by), done.by);
    }
  }

  const std::vector<Edge>& edges_;
  std::vector<std::vector<size_t>> at_;
  std::vector<size_t> entered_;
  std::vector<size_t> low_;
  size_t clock_ = 0;
  std::optional<size_t> least_;
};

// To reduced row echelon form. Entries start as 0 and ±1; what rounding leaves is cleared.
void Reduce(std::vector<std::vector<double>>* rows, size_t columns) {
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

// After elimination the row of a determined unknown has no other.
Derivation ByElimination(const std::vector<LinearEquation>& equations, size_t unknowns) {
  if (unknowns > kMaxDense) return {Derivability::kUndecided};
  std::vector<std::vector<double>> rows;
  for (const LinearEquation& equation : equations) {
    std::vector<double>& row = rows.emplace_back(unknowns);
    for (const auto& [cell, coefficient] : equation.terms) row[cell] = coefficient;
  }
  Reduce(&rows, unknowns);
  Derivation least;
  for (const std::vector<double>& row : rows) {
    const auto nonzero = [](double entry) { return entry != 0; };
    if (std::count_if(row.begin(), row.end(), nonzero) != 1) continue;
    const auto cell = static_cast<size_t>(std::find_if(row.begin(), row.end(), nonzero) - row.begin());
    if (least.found == Derivability::kNone || cell < least.cell) least = {Derivability::kSome, cell};
  }
  return least;
}

}  // namespace

Derivation FindDerivable(const std::vector<LinearEquation>& equations, size_t unknowns) {
  if (const auto edges = AsGraph(equations, unknowns)) {
    BridgeSearch search(*edges, equations.size() + 1);
    if (search.SignsAgree()) {
      const auto bridge = search.LeastBridge();
      return bridge ? Derivation{Derivability::kSome, *bridge} : Derivation{};
    }
  }
  return ByElimination(equations, unknowns);
}

}  // namespace trellis
