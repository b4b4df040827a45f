// ReportsService over gRPC, the same at the server and at a daemon.
#pragma once

#include "common/service/report_freezer.h"
#include "common/service/report_host.h"
#include "common/service/unary_call.h"
#include "trellis/reports/v1/reports.grpc.pb.h"

namespace trellis {

class ReportsServiceImpl final : public reports::v1::ReportsService::CallbackService {
 public:
  // `host` and `freezer` must outlive it and the server it is registered with. Without a freezer (at a site)
  // nothing is frozen.
  ReportsServiceImpl(ReportHost* host, ReportFreezer* freezer, SnapshotReader snapshots,
                     const ServiceShell& shell)
      : host_(host), freezer_(freezer), snapshots_(std::move(snapshots)), shell_(shell) {}

  grpc::ServerUnaryReactor* ListReports(grpc::CallbackServerContext* context,
                                        const reports::v1::ListReportsRequest* request,
                                        reports::v1::ListReportsResponse* response) override;
  grpc::ServerUnaryReactor* DescribeReport(grpc::CallbackServerContext* context,
                                           const reports::v1::DescribeReportRequest* request,
                                           reports::v1::DescribeReportResponse* response) override;
  grpc::ServerUnaryReactor* RunReport(grpc::CallbackServerContext* context,
                                      const reports::v1::RunReportRequest* request,
                                      reports::v1::RunReportResponse* response) override;
  grpc::ServerUnaryReactor* FreezeReport(grpc::CallbackServerContext* context,
                                         const reports::v1::FreezeReportRequest* request,
                                         reports::v1::FreezeReportResponse* response) override;

 private:
  ReportHost* const host_;
  ReportFreezer* const freezer_;
  const SnapshotReader snapshots_;
  const ServiceShell shell_;
};

}  // namespace trellis
