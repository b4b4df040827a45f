#include <fmt/format.h>

#include "common/report/document/report_document.h"

namespace trellis {
namespace {

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return quoted + "\"";
}

std::string LabelOf(const ReportRow& row, const std::string& cell) {
  std::string label = cell;
  for (const auto& [name, value] : row.group) label += fmt::format(", {} {}", name, value);
  return label;
}

// One line that computes the interval again; empty where the cell has not what it takes.
std::string Recompute(const ReportCell& cell) {
  if (!cell.confidence || !cell.value) return "";
  if (cell.method == "Wilson") {
    return fmt::format("prop.test({}, {}, conf.level = {}, correct = FALSE)$conf.int", *cell.numerator,
                       *cell.denominator, *cell.confidence);
  }
  if (cell.sd && cell.se && cell.n) {
    return fmt::format("{} + c(-1, 1) * qt(1 - (1 - {}) / 2, {} - 1) * {}", *cell.value, *cell.confidence,
                       *cell.n, *cell.se);
  }
  if (cell.df && cell.se) {
    return fmt::format("{} + c(-1, 1) * qt(1 - (1 - {}) / 2, {}) * {}", *cell.value, *cell.confidence,
                       *cell.df, *cell.se);
  }
  return "";
}

}  // namespace

std::string ReportR(const Report& report) {
  std::string script = fmt::format(
      "# {} ({}), computed again from the counts, means and deviations the report shows.\n"
      "# Each line prints the interval by R beside the one reported.\n"
      "check <- function(what, again, low, high) {{\n"
      "  cat(sprintf(\"%-60s R %.6f %.6f  report %.6f %.6f\\n\", what, again[1], again[2], low, high))\n"
      "  stopifnot(abs(again[1] - low) < 1e-6, abs(again[2] - high) < 1e-6)\n}}\n",
      report.title, report.number);
  int64_t lines = 0;
  for (const ReportRow& row : report.rows) {
    for (const auto& [name, cell] : row.cells) {
      const std::string again = Recompute(cell);
      if (again.empty() || !cell.low || !cell.high) continue;
      script +=
          fmt::format("check({}, {}, {}, {})\n", Quoted(LabelOf(row, name)), again, *cell.low, *cell.high);
      ++lines;
    }
  }
  if (lines == 0) script += "# No number here has an interval that follows from what is shown.\n";
  return script;
}

}  // namespace trellis
