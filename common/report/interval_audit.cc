#include "common/report/interval_audit.h"

#include <algorithm>
#include <cmath>
#include <coin/ClpSimplex.hpp>
#include <coin/CoinPackedMatrix.hpp>
#include <limits>
#include <map>

namespace trellis {
namespace {

constexpr double kRounding = 1e-6;

// What each unknown was seen to be in solutions found so far.
class SeenRanges {
 public:
  SeenRanges(const std::vector<double>& truth, double least_width)
      : low_(truth), high_(truth), least_width_(least_width) {}

  void Add(size_t unknown, double value) {
    low_[unknown] = std::min(low_[unknown], value);
    high_[unknown] = std::max(high_[unknown], value);
  }
  bool Wide(size_t unknown) const {
    return std::floor(high_[unknown] + kRounding) - std::ceil(low_[unknown] - kRounding) >= least_width_;
  }

 private:
  std::vector<double> low_;
  std::vector<double> high_;
  const double least_width_;
};

// Unknowns in just the same equations can take all of each other's value.
void AddExchanges(const std::vector<LinearEquation>& equations, const std::vector<double>& truth,
                  SeenRanges* seen) {
  std::vector<std::vector<std::pair<size_t, int>>> places(truth.size());
  for (size_t e = 0; e < equations.size(); ++e) {
    for (const auto& [unknown, sign] : equations[e].terms) places[unknown].emplace_back(e, sign);
  }
  std::map<std::vector<std::pair<size_t, int>>, double> sums;
  for (size_t unknown = 0; unknown < truth.size(); ++unknown) sums[places[unknown]] += truth[unknown];
  std::map<std::vector<std::pair<size_t, int>>, int> sharing;
  for (const auto& of_unknown : places) ++sharing[of_unknown];
  for (size_t unknown = 0; unknown < truth.size(); ++unknown) {
    if (sharing[places[unknown]] < 2) continue;
    seen->Add(unknown, 0);
    seen->Add(unknown, sums[places[unknown]]);
  }
}

class FeasibleSolutions {
 public:
  FeasibleSolutions(const std::vector<LinearEquation>& equations, const HiddenQuantity& quantity)
      : unknowns_(quantity.truth.size()) {
    std::vector<int> rows, columns;
    std::vector<double> signs;
    for (size_t e = 0; e < equations.size(); ++e) {
      for (const auto& [unknown, sign] : equations[e].terms) {
        rows.push_back(static_cast<int>(e));
        columns.push_back(static_cast<int>(unknown));
        signs.push_back(sign);
      }
    }
    CoinPackedMatrix matrix(true, rows.data(), columns.data(), signs.data(),
                            static_cast<CoinBigIndex>(signs.size()));
    matrix.setDimensions(static_cast<int>(equations.size()), static_cast<int>(unknowns_));
    const std::vector<double> least(unknowns_, 0), most(unknowns_, COIN_DBL_MAX), weights(unknowns_, 0);
    model_.setLogLevel(0);
    model_.loadProblem(matrix, least.data(), most.data(), weights.data(), quantity.known.data(),
                       quantity.known.data());
  }

  // Puts a solution with the greatest (least) value of the unknown into `seen`.
  void Extreme(size_t unknown, bool greatest, SeenRanges* seen) {
    const int column = static_cast<int>(unknown);
    model_.setObjectiveCoefficient(column, greatest ? -1 : 1);
    model_.primal();
    if (model_.isProvenOptimal()) {
      const double* solution = model_.primalColumnSolution();
      for (size_t u = 0; u < unknowns_; ++u) seen->Add(u, solution[u]);
    } else if (model_.isProvenDualInfeasible()) {
      seen->Add(unknown, std::numeric_limits<double>::max());  // no bound at all
    }
    model_.setObjectiveCoefficient(column, 0);
  }

 private:
  ClpSimplex model_;
  const size_t unknowns_;
};

}  // namespace

std::optional<std::vector<size_t>> FindNarrow(const std::vector<LinearEquation>& equations,
                                              const HiddenQuantity& quantity,
                                              const std::vector<bool>& protect) {
  const size_t unknowns = quantity.truth.size();
  SeenRanges seen(quantity.truth, quantity.least_width);
  AddExchanges(equations, quantity.truth, &seen);
  std::vector<size_t> open;
  for (size_t unknown = 0; unknown < unknowns; ++unknown) {
    if (protect[unknown] && !seen.Wide(unknown)) open.push_back(unknown);
  }
  std::vector<size_t> narrow;
  if (open.empty()) return narrow;
  if (unknowns > kMostAudited) return std::nullopt;
  FeasibleSolutions solutions(equations, quantity);
  for (const size_t unknown : open) {
    for (const bool greatest : {true, false}) {
      if (!seen.Wide(unknown)) solutions.Extreme(unknown, greatest, &seen);
    }
    if (!seen.Wide(unknown)) narrow.push_back(unknown);
  }
  return narrow;
}

}  // namespace trellis
