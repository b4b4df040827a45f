// Scales: the items of a construct (or one item alone) with what each answer scores.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/report/column_scan.h"
#include "common/report/report_input.h"

namespace trellis {

struct ScaleItem {
  std::string code;
  std::vector<std::optional<int32_t>> score;      // by code, in units of 1/divisor
  std::vector<std::optional<int32_t>> favorable;  // 1 or 0 by code; empty where it is not defined
};

struct Scale {
  std::string dimension;  // "construct" or "item"
  std::string code;
  std::vector<ScaleItem> items;
  int divisor = 1;         // 1, or 1000 where choices have fractional values
  int least_answered = 1;  // items a person must have answered to have a score (R1)

  bool has_favorable() const;
};

struct ScaleSelection {
  bool per_item = false;
  std::set<std::string> only;      // constructs, or items; empty: all
  std::set<std::string> excluded;  // items
};

// Reversed items score (least + greatest) − value. Retired questions and choices that are not scored are left
// out. Favorable: the marked choices; without any, the top ones as keyed of a scale of the length the
// thresholds name; else not defined.
std::vector<Scale> BuildScales(const SurveyDefinition& survey, const ScaleSelection& selection,
                               const ReportThresholds& thresholds);

// The scales as one set of columns wants them, mean scores first, then favorable ones: scale s is at 2s and
// 2s+1. Items the columns do not have are left out.
std::vector<std::vector<ScoredQuestion>> BindScales(const std::vector<Scale>& scales,
                                                    const ResponseColumns& columns);

}  // namespace trellis
