// How a report that came over the API is asked for and given out.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "client/cli/command_line.h"
#include "trellis/reports/v1/reports.pb.h"

namespace trellis {

// INVALID_ARGUMENT names the formats there are.
absl::StatusOr<reports::v1::ReportFormat> ReportFormatNamed(const std::string& word);

// To the file, or where `to` is empty to the screen.
absl::Status GiveOut(CommandLine& line, const reports::v1::RunReportResponse& report, const std::string& to);

}  // namespace trellis
