// Means, their spread and their differences. Distributions are Boost.Math's; every probability is two-sided.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace trellis {

// A sample by its moments. `variance` is Σ(x−x̄)²/(n−1), 0 while n < 2.
struct Moments {
  int64_t n = 0;
  double mean = 0;
  double variance = 0;

  double Sd() const;
  // s/√n.
  double StandardError() const;
};

// Two passes; the order of `values` matters only to the last bits.
Moments MomentsOf(std::span<const double> values);

struct Interval {
  double low = 0;
  double high = 0;
};

struct TestResult {
  double difference = 0;
  double standard_error = 0;
  double t = 0;
  double df = 0;
  double p = 1;
  Interval interval;
};

// Finite population correction √(1−n/N) (Cochran, Sampling Techniques, 1977, eq. 2.20), by which a standard
// error is multiplied. 0 where the sample is the population or exceeds it; 1 where `population` is 0
// (unknown).
double FinitePopulationCorrection(int64_t n, int64_t population);

// x̄ ± t(n−1)·SE. nullopt if n < 2. `correction` multiplies the standard error.
std::optional<Interval> MeanInterval(const Moments& sample, double confidence, double correction = 1);

// first − second (Welch 1947, df after Satterthwaite 1946). nullopt if either n < 2 or both variances are 0.
// The corrections multiply each sample's standard error.
std::optional<TestResult> WelchTest(const Moments& first, const Moments& second, double confidence,
                                    double first_correction = 1, double second_correction = 1);

// Of differences of matched pairs (Student 1908). nullopt if n < 2 or all differences are equal.
std::optional<TestResult> PairedTest(const Moments& differences, double confidence, double correction = 1);

// (x̄₁ − x̄₂)/s with the pooled SD s² = ((n₁−1)s₁² + (n₂−1)s₂²)/(n₁+n₂−2) (Cohen 1988, eq. 2.5.1).
// nullopt if n₁+n₂ < 3 or s = 0.
std::optional<double> CohenD(const Moments& first, const Moments& second);

}  // namespace trellis
