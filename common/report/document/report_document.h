// A report as a document of any of its forms.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/report/report.h"

namespace trellis {

enum class ReportForm { kJson, kTable, kCsv, kHtml, kXlsx, kPdf, kR };

struct ReportDocument {
  std::string content;
  std::string media_type;
};

// Every form shows the same cells, and hides the same. RESOURCE_EXHAUSTED or INTERNAL when a workbook cannot
// be made.
absl::StatusOr<ReportDocument> WriteReport(const Report& report, ReportForm form);

// One page with everything in it: no script, no request, plots as SVG; prints on A4 and Letter.
std::string ReportHtml(const Report& report);
// Sheets: the report as read, every cell in long form, the codebook of the long form.
absl::StatusOr<std::string> ReportXlsx(const Report& report);
// A4, landscape where tables are wide.
std::string ReportPdf(const Report& report);
// A script in R that computes what the cells say again from their counts, means and deviations.
std::string ReportR(const Report& report);

}  // namespace trellis
