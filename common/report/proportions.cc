#include "common/report/proportions.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

namespace trellis {

std::optional<Interval> WilsonInterval(const Proportion& proportion, double confidence) {
  const double n = proportion.denominator;
  if (!(n > 0)) return std::nullopt;
  const boost::math::normal standard;
  const double z = boost::math::quantile(boost::math::complement(standard, (1 - confidence) / 2));
  const double p = std::clamp(proportion.Value(), 0.0, 1.0);
  const double centre = p + z * z / (2 * n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return Interval{std::max(0.0, (centre - reach) / scale), std::min(1.0, (centre + reach) / scale)};
}

namespace {

ProportionDifference JoinScoreLimits(double first, const Interval& first_limits, double second,
                                     const Interval& second_limits, double phi) {
  const auto length = [phi](double x, double y) {
    return std::sqrt(std::max(0.0, x * x - 2 * phi * x * y + y * y));
  };
  const double difference = first - second;
  return {difference,
          {difference - length(first - first_limits.low, second_limits.high - second),
           difference + length(first_limits.high - first, second - second_limits.low)}};
}

double PhiLessened(const PairedCounts& counts) {
  const double n = counts.both + counts.first_only + counts.second_only + counts.neither;
  const double margins = (counts.both + counts.first_only) * (counts.second_only + counts.neither) *
                         (counts.both + counts.second_only) * (counts.first_only + counts.neither);
  if (!(margins > 0)) return 0;
  double numerator = counts.both * counts.neither - counts.first_only * counts.second_only;
  if (numerator > 0) numerator = std::max(0.0, numerator - n / 2);
  return numerator / std::sqrt(margins);
}

}  // namespace

std::optional<ProportionDifference> NewcombeDifference(const Proportion& first, const Proportion& second,
                                                       double confidence) {
  const auto first_limits = WilsonInterval(first, confidence);
  const auto second_limits = WilsonInterval(second, confidence);
  if (!first_limits || !second_limits) return std::nullopt;
  return JoinScoreLimits(first.Value(), *first_limits, second.Value(), *second_limits, 0);
}

std::optional<ProportionDifference> NewcombePairedDifference(const PairedCounts& counts, double confidence) {
  const double n = counts.both + counts.first_only + counts.second_only + counts.neither;
  const Proportion first{counts.both + counts.first_only, n};
  const Proportion second{counts.both + counts.second_only, n};
  const auto first_limits = WilsonInterval(first, confidence);
  const auto second_limits = WilsonInterval(second, confidence);
  if (!first_limits || !second_limits) return std::nullopt;
  return JoinScoreLimits(first.Value(), *first_limits, second.Value(), *second_limits, PhiLessened(counts));
}

std::vector<double> HolmAdjust(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double greatest = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const double scaled = p_values[order[rank]] * static_cast<double>(order.size() - rank);
    greatest = std::max(greatest, std::min(1.0, scaled));
    adjusted[order[rank]] = greatest;
  }
  return adjusted;
}

}  // namespace trellis
