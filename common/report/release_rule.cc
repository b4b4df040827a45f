#include "common/report/release_rule.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace trellis {
namespace {

bool AboutAnswers(const nlohmann::json& group) {
  return group.contains("construct") || group.contains("item") || group.contains("outcome");
}

}  // namespace

absl::StatusOr<ReleasedCells> SurveyCellsOf(const std::string& report_json) {
  const auto report = nlohmann::json::parse(report_json, nullptr, false);
  if (!report.is_object() || !report.contains("rows")) {
    return absl::InvalidArgumentError("this is no report as JSON");
  }
  ReleasedCells cells;
  for (const auto& row : report["rows"]) {
    if (!row.contains("group") || !row.contains("cells") || !AboutAnswers(row["group"])) continue;
    const std::string group = row["group"].dump();
    for (const auto& [name, cell] : row["cells"].items()) {
      if (!cell.contains("n") || !cell.contains("value")) continue;
      cells[group + name] = {cell["n"].get<int64_t>(), cell["value"].get<double>()};
    }
  }
  return cells;
}

ReleaseVerdict MayRelease(const ReleasedCells& before, const ReleasedCells& now, int64_t min_n) {
  ReleaseVerdict verdict;
  for (const auto& [key, cell] : now) {
    const auto then = before.find(key);
    if (then == before.end()) continue;
    const int64_t more = cell.n - then->second.n;
    verdict.not_yet_shown = std::max(verdict.not_yet_shown, more);
    const bool differs = more != 0 || cell.value != then->second.value;
    if (differs && std::llabs(more) < min_n) verdict.allowed = false;
  }
  if (verdict.allowed) verdict.not_yet_shown = 0;
  return verdict;
}

}  // namespace trellis
