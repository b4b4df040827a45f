#include "common/report/document/report_document.h"

#include "common/report/report_format.h"

namespace trellis {

absl::StatusOr<ReportDocument> WriteReport(const Report& report, ReportForm form) {
  switch (form) {
    case ReportForm::kTable:
      return ReportDocument{ReportTable(report), "text/plain; charset=utf-8"};
    case ReportForm::kCsv:
      return ReportDocument{ReportCsv(report), "text/csv"};
    case ReportForm::kHtml:
      return ReportDocument{ReportHtml(report), "text/html; charset=utf-8"};
    case ReportForm::kXlsx: {
      absl::StatusOr<std::string> workbook = ReportXlsx(report);
      if (!workbook.ok()) return workbook.status();
      return ReportDocument{*std::move(workbook),
                            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"};
    }
    case ReportForm::kPdf:
      return ReportDocument{ReportPdf(report), "application/pdf"};
    case ReportForm::kR:
      return ReportDocument{ReportR(report), "text/x-r-source"};
    case ReportForm::kJson:
      break;
  }
  return ReportDocument{ReportJson(report), "application/json"};
}

}  // namespace trellis
