#include "common/service/reports_service.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include "common/report/document/report_document.h"
#include "common/rpc/error_reason.h"

namespace trellis {
namespace {

using google::protobuf::util::TimeUtil;

// What every report takes.
constexpr ReportParameterDescription kCommon[] = {
    {"survey", "code or id; the wave's, or the only one, unless given"},
    {"wave", "code or id; the latest of the survey unless given"},
    {"site", "only this site: by name, identifier or id"},
    {"by", "attributes to break down by"},
    {"as_of", "the moment the report speaks of; now unless given"},
};

void EncodeDescription(const ReportDescription& report, reports::v1::ReportDescription* out) {
  out->set_report(report.slug);
  out->set_number(report.number);
  out->set_title(report.title);
  out->set_definition(report.description);
  const auto add = [&](const ReportParameterDescription& parameter) {
    auto* to = out->add_parameters();
    to->set_name(parameter.name);
    to->set_meaning(parameter.meaning);
  };
  for (const ReportParameterDescription& parameter : kCommon) add(parameter);
  for (const ReportParameterDescription& parameter : report.parameters) add(parameter);
}

ReportQuery DecodeQuery(const reports::v1::RunReportRequest& request) {
  ReportQuery query;
  query.report = request.report();
  query.parameters.survey = request.survey();
  query.parameters.wave = request.wave();
  query.parameters.site = request.site();
  query.parameters.by.assign(request.by().begin(), request.by().end());
  if (request.has_as_of()) query.parameters.as_of_ms = TimeUtil::TimestampToMilliseconds(request.as_of());
  query.parameters.named.insert(request.parameters().begin(), request.parameters().end());
  query.require_complete = request.require_complete();
  return query;
}

ReportForm FormatOf(reports::v1::ReportFormat format) {
  switch (format) {
    case reports::v1::REPORT_FORMAT_CSV:
      return ReportForm::kCsv;
    case reports::v1::REPORT_FORMAT_TABLE:
      return ReportForm::kTable;
    case reports::v1::REPORT_FORMAT_HTML:
      return ReportForm::kHtml;
    case reports::v1::REPORT_FORMAT_XLSX:
      return ReportForm::kXlsx;
    case reports::v1::REPORT_FORMAT_PDF:
      return ReportForm::kPdf;
    case reports::v1::REPORT_FORMAT_R:
      return ReportForm::kR;
    default:
      return ReportForm::kJson;
  }
}

absl::Status EncodeReport(const Report& report, reports::v1::ReportFormat format,
                          reports::v1::RunReportResponse* out) {
  const absl::StatusOr<ReportDocument> document = WriteReport(report, FormatOf(format));
  if (!document.ok()) return document.status();
  out->set_content(document->content);
  out->set_content_type(document->media_type);
  out->set_complete(report.cut.complete);
  for (const SiteCut& site : report.cut.sites) {
    auto* to = out->add_sites();
    to->set_site(site.site);
    if (site.included_up_to_ms) {
      *to->mutable_included_up_to() = TimeUtil::MillisecondsToTimestamp(*site.included_up_to_ms);
    }
    if (site.missing_since_ms) {
      *to->mutable_missing_since() = TimeUtil::MillisecondsToTimestamp(*site.missing_since_ms);
    }
    to->set_state(site.state);
    to->set_set_aside(site.set_aside);
    to->set_refilling(site.refilling);
  }
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* ReportsServiceImpl::ListReports(grpc::CallbackServerContext* context,
                                                          const reports::v1::ListReportsRequest* request,
                                                          reports::v1::ListReportsResponse* response) {
  return RunUnary(shell_, context, [=](const Principal&) {
    for (const ReportDescription& report : ReportCatalog())
      EncodeDescription(report, response->add_reports());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ReportsServiceImpl::DescribeReport(
    grpc::CallbackServerContext* context, const reports::v1::DescribeReportRequest* request,
    reports::v1::DescribeReportResponse* response) {
  return RunUnary(shell_, context, [=](const Principal&) {
    const ReportDescription* report = FindReport(request->report());
    if (report == nullptr) {
      return ErrorWithReason(reason::kReportNotFound,
                             fmt::format("There is no report {}; `trellis report list` "
                                         "names them",
                                         request->report()));
    }
    EncodeDescription(*report, response->mutable_report());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ReportsServiceImpl::RunReport(grpc::CallbackServerContext* context,
                                                        const reports::v1::RunReportRequest* request,
                                                        reports::v1::RunReportResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    absl::StatusOr<Report> report = request->snapshot().empty()
                                        ? host_->Run(principal, DecodeQuery(*request))
                                        : snapshots_.ReadReport(principal, request->snapshot());
    if (!report.ok()) return report.status();
    return EncodeReport(*report, request->format(), response);
  });
}

grpc::ServerUnaryReactor* ReportsServiceImpl::FreezeReport(grpc::CallbackServerContext* context,
                                                           const reports::v1::FreezeReportRequest* request,
                                                           reports::v1::FreezeReportResponse* response) {
  return RunUnary(shell_, context, [=, this](const Principal& principal) -> absl::Status {
    if (freezer_ == nullptr) {
      return ErrorWithReason(
          reason::kReportAtDistrict,
          "Reports are frozen at the district's server; what it froze comes down with sync");
    }
    const absl::StatusOr<FrozenReport> frozen =
        freezer_->Freeze(principal, {.query = DecodeQuery(request->run()), .cycle = request->cycle()});
    if (!frozen.ok()) return frozen.status();
    response->set_code(frozen->code);
    response->set_version(frozen->version);
    response->set_digest(frozen->digest);
    response->set_created(frozen->created);
    response->set_not_yet_shown(frozen->not_yet_shown);
    return absl::OkStatus();
  });
}

}  // namespace trellis
