// How unevenly something is spread, and how two things go together.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "common/report/means.h"

namespace trellis {

// Σ(2i−n−1)xᵢ / (nΣx), x ascending: 0 all equal, (n−1)/n one has all (Gini 1912; Sen 1973). nullopt if there
// is nothing to spread or a value below 0.
std::optional<double> Gini(std::vector<double> values);
// Theil's T, (1/n)Σ(x/x̄)ln(x/x̄) with 0·ln 0 = 0 (Theil 1967). nullopt as Gini.
std::optional<double> Theil(std::span<const double> values);

struct Correlation {
  double r = 0;
  std::optional<Interval> interval;  // by Fisher's z (1921); nullopt with fewer than four pairs
  double p = 1;                      // t with n−2 degrees of freedom
};
// nullopt with fewer than three pairs or where one side does not vary. REQUIRES: equal sizes.
std::optional<Correlation> Pearson(std::span<const double> x, std::span<const double> y, double confidence);
// Pearson of ranks, ties sharing the mean of theirs (Spearman 1904).
std::optional<Correlation> Spearman(std::span<const double> x, std::span<const double> y, double confidence);

struct Slope {
  double slope = 0;
  double standard_error = 0;
  double df = 0;
  double p = 1;
  Interval interval;
};
// Least squares of y on x with an intercept for each group (a fixed effect): deviations from the group's
// means, n − groups − 1 degrees of freedom. nullopt where x does not vary within groups or no freedom is
// left. REQUIRES: equal sizes.
std::optional<Slope> SlopeWithin(std::span<const double> x, std::span<const double> y,
                                 std::span<const int> group, double confidence);

}  // namespace trellis
