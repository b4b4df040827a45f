#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "common/report/report_format.h"
#include "common/spreadsheet/csv_cell.h"

namespace trellis {
namespace {

std::string Field(std::string_view text) { return CsvCell(WithoutFormula(text)); }

// Our own numbers, a minus among them, are no text.
std::string Number(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; }

const char* StateName(CellState state) {
  static constexpr const char* kNames[] = {"VALUE", "HIDDEN", "MISSING", "NOT_APPLICABLE"};
  return kNames[static_cast<size_t>(state)];
}

std::vector<std::string> GroupNames(const Report& report) {
  std::vector<std::string> names;
  for (const ReportRow& row : report.rows) {
    for (const auto& [name, value] : row.group) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

}  // namespace

std::string ReportCsv(const Report& report) {
  const std::vector<std::string> groups = GroupNames(report);
  std::string csv = "report";
  for (const std::string& name : groups) csv += "," + Field(name);
  csv +=
      ",cell,state,value,n,numerator,denominator,sd,se,low,high,confidence,statistic,df,p,adjusted_p,method,"
      "text\n";
  for (const ReportRow& row : report.rows) {
    for (const auto& [name, cell] : row.cells) {
      csv += Field(report.name);
      for (const std::string& group : groups) csv += "," + Field(row.GroupValue(group));
      csv += fmt::format(",{},{},{},{}", Field(name), StateName(cell.state), Number(cell.value),
                         cell.n ? fmt::format("{}", *cell.n) : "");
      for (const auto& number : {cell.numerator, cell.denominator, cell.sd, cell.se, cell.low, cell.high,
                                 cell.confidence, cell.statistic, cell.df, cell.p, cell.adjusted_p}) {
        csv += "," + Number(number);
      }
      csv += fmt::format(",{},{}\n", Field(cell.method), Field(cell.text));
    }
  }
  return csv;
}

}  // namespace trellis
