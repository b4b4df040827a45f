// Small cells, rule (6): a new version of what was released may differ from the one before only where enough
// persons changed; else who knows both versions could tell the answers of the few who came between.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <string>

namespace trellis {

struct ReleasedCell {
  int64_t n = 0;
  double value = 0;
};
// By what the cell is of: the parts of its row's group and its name.
using ReleasedCells = std::map<std::string, ReleasedCell>;

// The shown cells about survey answers of a report as JSON (report_format.h): those of constructs, items and
// outcomes. InvalidArgument if it is no report.
absl::StatusOr<ReleasedCells> SurveyCellsOf(const std::string& report_json);

struct ReleaseVerdict {
  bool allowed = true;
  int64_t not_yet_shown = 0;  // persons more than in the version before, of the cell with most
};

// Allowed if in every cell that both versions show and that differs at least `min_n` persons came or went. A
// cell that differs with as many persons as before was changed by nobody knows how few.
ReleaseVerdict MayRelease(const ReleasedCells& before, const ReleasedCells& now, int64_t min_n);

}  // namespace trellis
