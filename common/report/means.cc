#include "common/report/means.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace trellis {
namespace {

TestResult FromStandardError(double difference, double standard_error, double df, double confidence) {
  const boost::math::students_t distribution(df);
  TestResult result{.difference = difference, .standard_error = standard_error, .df = df};
  result.t = difference / standard_error;
  result.p = 2 * boost::math::cdf(boost::math::complement(distribution, std::fabs(result.t)));
  const double reach =
      boost::math::quantile(boost::math::complement(distribution, (1 - confidence) / 2)) * standard_error;
  result.interval = {difference - reach, difference + reach};
  return result;
}

}  // namespace

double Moments::Sd() const { return std::sqrt(variance); }

double Moments::StandardError() const { return n > 0 ? std::sqrt(variance / static_cast<double>(n)) : 0; }

Moments MomentsOf(std::span<const double> values) {
  Moments moments{.n = static_cast<int64_t>(values.size())};
  if (values.empty()) return moments;
  double sum = 0;
  for (double value : values) sum += value;
  moments.mean = sum / static_cast<double>(values.size());
  if (values.size() < 2) return moments;
  double squares = 0;
  for (double value : values) squares += (value - moments.mean) * (value - moments.mean);
  moments.variance = squares / static_cast<double>(values.size() - 1);
  return moments;
}

double FinitePopulationCorrection(int64_t n, int64_t population) {
  if (population <= 0) return 1;
  if (n >= population) return 0;
  return std::sqrt(1 - static_cast<double>(n) / static_cast<double>(population));
}

std::optional<Interval> MeanInterval(const Moments& sample, double confidence, double correction) {
  if (sample.n < 2) return std::nullopt;
  const boost::math::students_t distribution(static_cast<double>(sample.n - 1));
  const double reach = boost::math::quantile(boost::math::complement(distribution, (1 - confidence) / 2)) *
                       sample.StandardError() * correction;
  return Interval{sample.mean - reach, sample.mean + reach};
}

std::optional<TestResult> WelchTest(const Moments& first, const Moments& second, double confidence,
                                    double first_correction, double second_correction) {
  if (first.n < 2 || second.n < 2) return std::nullopt;
  const double first_part = std::pow(first.StandardError() * first_correction, 2);
  const double second_part = std::pow(second.StandardError() * second_correction, 2);
  const double sum = first_part + second_part;
  if (!(sum > 0)) return std::nullopt;
  const double df = sum * sum /
                    (first_part * first_part / static_cast<double>(first.n - 1) +
                     second_part * second_part / static_cast<double>(second.n - 1));
  return FromStandardError(first.mean - second.mean, std::sqrt(sum), df, confidence);
}

std::optional<TestResult> PairedTest(const Moments& differences, double confidence, double correction) {
  if (differences.n < 2) return std::nullopt;
  const double standard_error = differences.StandardError() * correction;
  if (!(standard_error > 0)) return std::nullopt;
  return FromStandardError(differences.mean, standard_error, static_cast<double>(differences.n - 1),
                           confidence);
}

std::optional<double> CohenD(const Moments& first, const Moments& second) {
  if (first.n < 1 || second.n < 1 || first.n + second.n < 3) return std::nullopt;
  const double pooled = (static_cast<double>(first.n - 1) * first.variance +
                         static_cast<double>(second.n - 1) * second.variance) /
                        static_cast<double>(first.n + second.n - 2);
  if (!(pooled > 0)) return std::nullopt;
  return (first.mean - second.mean) / std::sqrt(pooled);
}

}  // namespace trellis
