// A site's report at the site, asked as its pages and command line ask: over gRPC on a unix socket.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <memory>

#include "common/record/kind_registry.h"
#include "common/service/reports_service.h"
#include "tests/bench/open_replica.h"
#include "tests/bench/recording_engine.h"
#include "tests/bench/report_bench.h"
#include "tests/bench/survey_records.h"
#include "tests/bench/workload.h"

namespace trellis {
namespace {

constexpr char kSite[] = "S0001";
constexpr int kCalls = 60;

class SiteReports {
 public:
  SiteReports()
      : engine_(OpenFreshEngine(folder_.path())),
        replica_(OpenReplica(engine_.get())),
        authenticator_([] { return OwnerOfTheSite(); }, nullptr),
        host_(StoreOf(), &completeness_),
        service_(&host_, nullptr, SnapshotReader(StoreOf(), [](auto, auto) { return absl::OkStatus(); }),
                 {&authenticator_, &executor_}) {
    WriteSurveys(replica_.get(), kSite);
    const std::string address = "unix:" + folder_.path() + "/socket";
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = reports::v1::ReportsService::NewStub(
        grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  }
  ~SiteReports() {
    server_->Shutdown();
    executor_.Shutdown();
  }
  SiteReports(const SiteReports&) = delete;

  Replica* replica() const { return replica_.get(); }

  double CallMs(const reports::v1::RunReportRequest& request) {
    return 1000 * Seconds([&] {
             grpc::ClientContext context;
             reports::v1::RunReportResponse response;
             const grpc::Status status = stub_->RunReport(&context, request, &response);
             if (!status.ok()) Check(absl::InternalError(status.error_message()));
           });
  }

 private:
  static absl::StatusOr<Principal> OwnerOfTheSite() {
    Principal principal;
    principal.account = "lead";
    principal.grants = {{Role::kSiteLead, kSite}};
    return principal;
  }
  RecordStore StoreOf() const {
    RecordStore store;
    store.replica = replica_.get();
    store.kinds = &KindRegistry::BuiltIn();
    store.clock = &clock_;
    store.own_site = kSite;
    return store;
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Replica> replica_;
  LocalAuthenticator authenticator_;
  OwnCompleteness completeness_{kSite, replica_.get(), &clock_, [] { return false; }};
  Executor executor_{2};
  ReportHost host_;
  ReportsServiceImpl service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<reports::v1::ReportsService::Stub> stub_;
};

}  // namespace

void AddSiteReport(std::vector<Figure>* figures) {
  SiteReports site;
  std::vector<RecordWrite> writes = MakeWorkload(kSite, 10'000 + 3 * kCalls, 5);
  const std::vector<RecordWrite> later(writes.begin() + 10'000, writes.end());
  writes.resize(10'000);
  WriteAll(site.replica(), writes, 100);
  auto next = later.begin();
  for (const char* report : {"construct-mean", "disaggregation", "participation"}) {
    reports::v1::RunReportRequest request;
    request.set_report(report);
    if (std::string_view(report) != "participation") request.set_survey("PLQ-2026");
    if (std::string_view(report) == "disaggregation") request.add_by("role");
    const double first = site.CallMs(request);
    std::vector<double> times;
    for (int call = 0; call < kCalls; ++call) {
      WriteAll(site.replica(), {*next++}, 1);  // so that every call has something to take in
      times.push_back(site.CallMs(request));
    }
    std::sort(times.begin(), times.end());
    figures->push_back(
        {fmt::format("a site's {} over gRPC, 10,000 records", report), times[times.size() / 2], "ms", 5,
         "goal:",
         fmt::format("median after a write each; least {:.2f}, the first call {:.0f}", times[0], first)});
  }
}

}  // namespace trellis
