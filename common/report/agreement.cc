#include "common/report/agreement.h"

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>

namespace trellis {

std::optional<GroupVariance> VarianceOfGroups(std::span<const Moments> groups) {
  GroupVariance found;
  double sum = 0, squared_sizes = 0;
  for (const Moments& group : groups) {
    if (group.n == 0) continue;
    const auto n = static_cast<double>(group.n);
    ++found.groups;
    found.persons += group.n;
    sum += n * group.mean;
    squared_sizes += n * n;
  }
  if (found.groups < 2 || found.persons <= found.groups) return std::nullopt;
  const auto persons = static_cast<double>(found.persons);
  const auto count = static_cast<double>(found.groups);
  const double mean = sum / persons;
  double between = 0, within = 0;
  for (const Moments& group : groups) {
    if (group.n == 0) continue;
    between += static_cast<double>(group.n) * (group.mean - mean) * (group.mean - mean);
    within += static_cast<double>(group.n - 1) * group.variance;
  }
  found.between = between / (count - 1);
  found.within = within / (persons - count);
  if (!(found.between > 0) || !(found.within > 0)) return std::nullopt;
  found.f = found.between / found.within;
  found.p = cdf(complement(boost::math::fisher_f(count - 1, persons - count), found.f));
  found.mean_size = persons / count;
  found.adjusted_size = (persons - squared_sizes / persons) / (count - 1);
  return found;
}

double UniformVariance(int options) { return (static_cast<double>(options) * options - 1) / 12; }

double WithinGroupAgreement(double mean_variance, int items, double error_variance) {
  const double ratio = mean_variance / error_variance;
  const double agreed = items * (1 - ratio);
  // Past the point where answers vary as much as by chance the formula has no meaning.
  return ratio >= 1 ? 0 : std::clamp(agreed / (agreed + ratio), 0.0, 1.0);
}

}  // namespace trellis
