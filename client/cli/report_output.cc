#include "client/cli/report_output.h"

#include <fmt/format.h>

#include <fstream>
#include <string_view>
#include <utility>

namespace trellis {

absl::StatusOr<reports::v1::ReportFormat> ReportFormatNamed(const std::string& word) {
  static constexpr std::pair<std::string_view, reports::v1::ReportFormat> kFormats[] = {
      {"table", reports::v1::REPORT_FORMAT_TABLE}, {"json", reports::v1::REPORT_FORMAT_JSON},
      {"csv", reports::v1::REPORT_FORMAT_CSV},     {"html", reports::v1::REPORT_FORMAT_HTML},
      {"xlsx", reports::v1::REPORT_FORMAT_XLSX},   {"pdf", reports::v1::REPORT_FORMAT_PDF},
      {"r", reports::v1::REPORT_FORMAT_R}};
  for (const auto& [name, format] : kFormats) {
    if (name == word) return format;
  }
  return absl::InvalidArgumentError(
      fmt::format("--format takes table, json, csv, html, xlsx, pdf or r, not {}", word));
}

absl::Status GiveOut(CommandLine& line, const reports::v1::RunReportResponse& report, const std::string& to) {
  if (to.empty()) {
    line.out() << report.content();
    if (!report.content().empty() && report.content().back() != '\n') line.out() << '\n';
    return absl::OkStatus();
  }
  std::ofstream file(to, std::ios::binary | std::ios::trunc);
  file << report.content();
  file.close();
  if (!file) return absl::FailedPreconditionError(fmt::format("cannot write {}", to));
  line.err() << "written to " << to << '\n';
  return absl::OkStatus();
}

}  // namespace trellis
