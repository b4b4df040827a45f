#include "common/report/document/report_document.h"

#include "common/report/report_format.h"

namespace trellis {

ReportDocument WriteReport(const Report& report, ReportForm form) {
  switch (form) {
    case ReportForm::kTable:
      return {ReportTable(report), "text/plain; charset=utf-8"};
    case ReportForm::kCsv:
      return {ReportCsv(report), "text/csv"};
    case ReportForm::kHtml:
      return {ReportHtml(report), "text/html; charset=utf-8"};
    case ReportForm::kXlsx:
      return {ReportXlsx(report), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"};
    case ReportForm::kPdf:
      return {ReportPdf(report), "application/pdf"};
    case ReportForm::kR:
      return {ReportR(report), "text/x-r-source"};
    case ReportForm::kJson:
      break;
  }
  return {ReportJson(report), "application/json"};
}

}  // namespace trellis
