// Whether persons' scores may be put together as their group's: variance between and within groups, and
// agreement within one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "common/report/means.h"

namespace trellis {

// One-way analysis of variance over groups with at least one person.
struct GroupVariance {
  int64_t groups = 0;
  int64_t persons = 0;
  double between = 0;  // MSB
  double within = 0;   // MSW
  double f = 0;
  double p = 1;
  double mean_size = 0;      // n̄ = N/G
  double adjusted_size = 0;  // n₀ = (N − Σn²/N)/(G−1)

  // ICC(1) = (MSB−MSW)/(MSB+(size−1)MSW) (Bartko 1976); `size` is one of the two above.
  double Icc1(double size) const { return (between - within) / (between + (size - 1) * within); }
  // ICC(2) = (MSB−MSW)/MSB: reliability of the groups' means. May be negative.
  double Icc2() const { return (between - within) / between; }
};

// nullopt with fewer than two groups, no freedom within them, or no variance at all.
std::optional<GroupVariance> VarianceOfGroups(std::span<const Moments> groups);

// Variance of answers spread evenly over `options`: (A²−1)/12.
double UniformVariance(int options);

// rwg(j) = J(1−s̄²/σ²E) / (J(1−s̄²/σ²E) + s̄²/σ²E), at least 0 (James, Demaree and Wolf 1984); with J = 1 it is
// rwg = 1−s²/σ²E. `mean_variance` is the mean of the items' variances, `error_variance` σ²E > 0.
double WithinGroupAgreement(double mean_variance, int items, double error_variance);

}  // namespace trellis
