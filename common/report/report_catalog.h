// The reports there are, and the one entry to run them.
#pragma once

#include <absl/status/statusor.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/report.h"
#include "common/report/report_input.h"
#include "common/report/report_parameters.h"

namespace trellis {

enum class ReportPlace { kSite, kServer, kBoth };

struct ReportParameterDescription {
  const char* name;
  const char* meaning;
};

struct ReportDescription {
  const char* slug;
  const char* number;
  const char* title;
  const char* description;
  ReportPlace place;
  // Besides survey, wave, site, by and as_of.
  std::vector<ReportParameterDescription> parameters;
};

// In the order they are listed.
std::span<const ReportDescription> ReportCatalog();
// By slug or number; nullptr if there is none.
const ReportDescription* FindReport(std::string_view name);

// NotFound for an unknown report, InvalidArgument for a parameter it does not have; else as the report says.
absl::StatusOr<Report> RunReport(std::string_view name, const ReportParameters& parameters,
                                 const ReportInput& input);

}  // namespace trellis
