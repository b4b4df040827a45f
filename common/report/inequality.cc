#include "common/report/inequality.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>
#include <numeric>

namespace trellis {
namespace {

bool CanBeSpread(std::span<const double> values) {
  double sum = 0;
  for (double value : values) {
    if (value < 0) return false;
    sum += value;
  }
  return sum > 0;
}

double TwoSided(double t, double df) {
  return 2 * cdf(complement(boost::math::students_t(df), std::fabs(t)));
}

std::vector<double> RanksOf(std::span<const double> values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (size_t i = begin; i < end; ++i) ranks[order[i]] = static_cast<double>(begin + end + 1) / 2;
    begin = end;
  }
  return ranks;
}

}  // namespace

std::optional<double> Gini(std::vector<double> values) {
  if (!CanBeSpread(values)) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double weighted = 0, sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    weighted += (2 * static_cast<double>(i + 1) - n - 1) * values[i];
    sum += values[i];
  }
  return weighted / (n * sum);
}

std::optional<double> Theil(std::span<const double> values) {
  if (!CanBeSpread(values)) return std::nullopt;
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double sum = 0;
  for (double value : values) {
    if (value > 0) sum += value / mean * std::log(value / mean);
  }
  return std::max(0.0, sum / n);
}

std::optional<Correlation> Pearson(std::span<const double> x, std::span<const double> y, double confidence) {
  const auto n = static_cast<double>(x.size());
  if (x.size() < 3) return std::nullopt;
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xx = 0, yy = 0, xy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (!(xx > 0) || !(yy > 0)) return std::nullopt;
  Correlation found{.r = std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0)};
  const double unexplained = 1 - found.r * found.r;
  found.p = unexplained > 0 ? TwoSided(found.r * std::sqrt((n - 2) / unexplained), n - 2) : 0;
  if (x.size() > 3 && unexplained > 0) {
    const double z = std::atanh(found.r);
    const double half = quantile(boost::math::normal(), 1 - (1 - confidence) / 2) / std::sqrt(n - 3);
    found.interval = Interval{std::tanh(z - half), std::tanh(z + half)};
  }
  return found;
}

std::optional<Correlation> Spearman(std::span<const double> x, std::span<const double> y, double confidence) {
  const std::vector<double> ranks_x = RanksOf(x), ranks_y = RanksOf(y);
  return Pearson(ranks_x, ranks_y, confidence);
}

std::optional<Slope> SlopeWithin(std::span<const double> x, std::span<const double> y,
                                 std::span<const int> group, double confidence) {
  struct Sums {
    double n = 0, x = 0, y = 0;
  };
  std::map<int, Sums> sums;
  for (size_t i = 0; i < x.size(); ++i) {
    Sums& of_group = sums[group[i]];
    of_group.n += 1;
    of_group.x += x[i];
    of_group.y += y[i];
  }
  double xx = 0, xy = 0, yy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const Sums& of_group = sums[group[i]];
    const double dx = x[i] - of_group.x / of_group.n, dy = y[i] - of_group.y / of_group.n;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  Slope found{.df = static_cast<double>(x.size()) - static_cast<double>(sums.size()) - 1};
  if (!(xx > 1e-12) || found.df < 1) return std::nullopt;
  found.slope = xy / xx;
  const double residual = std::max(0.0, yy - found.slope * xy);
  found.standard_error = std::sqrt(residual / found.df / xx);
  const double half =
      quantile(boost::math::students_t(found.df), 1 - (1 - confidence) / 2) * found.standard_error;
  found.interval = {found.slope - half, found.slope + half};
  found.p = found.standard_error > 0 ? TwoSided(found.slope / found.standard_error, found.df) : 0;
  return found;
}

}  // namespace trellis
