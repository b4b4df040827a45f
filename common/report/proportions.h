// Proportions, their intervals and differences; Holm's adjustment.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "common/report/means.h"

namespace trellis {

// A proportion by its parts. Parts are real numbers so that weighted or averaged shares fit.
struct Proportion {
  double numerator = 0;
  double denominator = 0;

  // REQUIRES: denominator > 0.
  double Value() const { return numerator / denominator; }
};

// Score interval without continuity correction (Wilson 1927). nullopt if the denominator is 0.
std::optional<Interval> WilsonInterval(const Proportion& proportion, double confidence);

struct ProportionDifference {
  double difference = 0;
  Interval interval;
};

// first − second, independent samples: hybrid score, method 10 of Newcombe, Statistics in Medicine 17 (1998)
// 873–890. nullopt if either denominator is 0.
std::optional<ProportionDifference> NewcombeDifference(const Proportion& first, const Proportion& second,
                                                       double confidence);

// Matched pairs: yes both times, at the first only, at the second only, never.
struct PairedCounts {
  double both = 0;
  double first_only = 0;
  double second_only = 0;
  double neither = 0;
};

// first − second of matched pairs: method 10 of Newcombe, Statistics in Medicine 17 (1998) 2635–2650 (score
// limits joined through φ, whose numerator is lessened by n/2, not below 0, when positive). nullopt without
// pairs.
std::optional<ProportionDifference> NewcombePairedDifference(const PairedCounts& counts, double confidence);

// Step-down adjusted p-values (Holm 1979), in the order given, at most 1.
std::vector<double> HolmAdjust(std::span<const double> p_values);

}  // namespace trellis
