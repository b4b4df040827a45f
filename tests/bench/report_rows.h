// Made-up responses for the benchmarks of reports, the same for every engine: 24 questions of five options,
// six roles (the first the most frequent), two grade bands, two bands of years.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/report/response_columns.h"

namespace trellis {

inline constexpr int kBenchQuestions = 24;

const std::vector<std::string>& BenchRoles();
void ForEachBenchRow(size_t responses, const std::function<void(const ResponseRow& row)>& visit);
ResponseColumns MakeBenchColumns(size_t responses);

// The least of several runs: what the code can do, not what the neighbours left of the core.
double BestSeconds(int repeats, const std::function<void()>& work);

}  // namespace trellis
