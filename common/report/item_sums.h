// Sums of a scale's items over the persons who answered all of them: what reliability and agreement need.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "common/report/survey_cut.h"

namespace trellis {

// Whole numbers, in units of 1/divisor of the scale, so that the order of rows changes nothing.
struct ItemSums {
  int64_t persons = 0;
  std::vector<int64_t> sums;      // [item]
  std::vector<int64_t> products;  // [item · items + item]

  explicit ItemSums(size_t items = 0) : sums(items), products(items * items) {}
  size_t items() const { return sums.size(); }
  // REQUIRES: as many scores as items.
  void AddPerson(const std::vector<int32_t>& scores);
  void Add(const ItemSums& other);
  // (n·Σxy − Σx·Σy) / (n(n−1)) in the scale's own values. REQUIRES: persons > 1.
  double Covariance(size_t a, size_t b, int divisor) const;
};

// By the groups of the cut. A person who left out an item, or to whom it does not apply, is in no sum.
std::map<GroupKey, ItemSums> SumItems(const SurveyCut& cut, const WaveDefinition& wave,
                                      const ReportInput& input, const Scale& scale);

}  // namespace trellis
