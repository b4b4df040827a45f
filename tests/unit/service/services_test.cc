// The services over gRPC on loopback: what a client of the API meets.
#include <grpcpp/grpcpp.h>

#include "common/rpc/status_mapping.h"
#include "common/service/records_service.h"
#include "common/service/reports_service.h"
#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/action_step.pb.h"

namespace trellis {
namespace {

using domain::v1::ActionStep;
using records::v1::RecordsService;
using reports::v1::ReportsService;

// Takes whoever says a name for a lead of oak.
class NameAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const grpc::CallbackServerContext& context) const override {
    const auto name = context.client_metadata().find("name");
    if (name == context.client_metadata().end()) return absl::UnauthenticatedError("say who you are");
    return PersonWith(std::string(name->second.data(), name->second.size()), {{Role::kSiteLead, "oak"}});
  }
};

class Services : public testing::Test {
 protected:
  Services()
      : oak_("oak"),
        executor_(2),
        shell_{&authenticator_, &executor_},
        records_(oak_.store(), shell_),
        completeness_("oak", oak_.replica(), &oak_.clock(), [] { return false; }),
        host_(oak_.store(), &completeness_),
        reports_(&host_, nullptr, SnapshotReader(oak_.store(), [](auto, auto) { return absl::OkStatus(); }),
                 shell_) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&records_);
    builder.RegisterService(&reports_);
    server_ = builder.BuildAndStart();
    auto channel =
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
    stub_ = RecordsService::NewStub(channel);
    reports_stub_ = ReportsService::NewStub(channel);
  }
  ~Services() override {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    executor_.Shutdown();
  }
  std::unique_ptr<grpc::ClientContext> Context() {
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("name", "ana");
    return context;
  }
  records::v1::CreateRecordRequest NewStep(const std::string& code) {
    ActionStep step;
    step.set_code(code);
    step.set_title("Open the doors");
    records::v1::CreateRecordRequest request;
    request.mutable_data()->PackFrom(step);
    return request;
  }
  records::v1::Record Create(const std::string& code) {
    records::v1::CreateRecordResponse response;
    const grpc::Status status = stub_->CreateRecord(Context().get(), NewStep(code), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.record();
  }

  ServiceStore oak_;
  NameAuthenticator authenticator_;
  Executor executor_;
  ServiceShell shell_;
  RecordsServiceImpl records_;
  OwnCompleteness completeness_;
  ReportHost host_;
  ReportsServiceImpl reports_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<RecordsService::Stub> stub_;
  std::unique_ptr<ReportsService::Stub> reports_stub_;
};

TEST_F(Services, CarryARecordThereAndBack) {
  const records::v1::Record made = Create("C7-1");
  EXPECT_EQ(made.kind(), "ActionStep");
  EXPECT_EQ(made.create_actor(), "ana");
  EXPECT_EQ(made.presence(), records::v1::PRESENCE_LIVE);
  records::v1::UpdateRecordRequest update;
  ActionStep change;
  change.set_notes("soon");
  update.set_id("C7-1");
  update.mutable_data()->PackFrom(change);
  update.set_etag(made.etag());
  records::v1::UpdateRecordResponse updated;
  ASSERT_TRUE(stub_->UpdateRecord(Context().get(), update, &updated).ok());
  ActionStep now;
  ASSERT_TRUE(updated.record().data().UnpackTo(&now));
  EXPECT_EQ(now.title(), "Open the doors");
  EXPECT_EQ(now.notes(), "soon");
  records::v1::GetRecordHistoryRequest asked;
  asked.set_kind("ActionStep");
  asked.set_id(made.id());
  records::v1::GetRecordHistoryResponse history;
  ASSERT_TRUE(stub_->GetRecordHistory(Context().get(), asked, &history).ok());
  EXPECT_EQ(history.changes(0).field(), "notes");
  EXPECT_EQ(history.changes(0).after().string_value(), "soon");
}

TEST_F(Services, AnswerErrorsWithReasonAndFields) {
  records::v1::CreateRecordRequest request = NewStep("C7-1");
  request.mutable_data()->PackFrom(ActionStep());
  records::v1::CreateRecordResponse response;
  const absl::Status wrong = FromGrpcStatus(stub_->CreateRecord(Context().get(), request, &response));
  EXPECT_EQ(ReasonOf(wrong), "FIELD_INVALID");
  EXPECT_EQ(FieldViolationsOf(wrong).at(0).field, "code");
  request.set_kind("Goal");
  EXPECT_EQ(
      FieldViolationsOf(FromGrpcStatus(stub_->CreateRecord(Context().get(), request, &response))).at(0).field,
      "data");
  grpc::ClientContext unknown;
  const grpc::Status refused = stub_->CreateRecord(&unknown, request, &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(FromGrpcStatus(refused)), "UNAUTHENTICATED");
}

TEST_F(Services, TellAWatchAtOnce) {
  Create("A");
  records::v1::WatchRecordsRequest request;
  request.set_kind("ActionStep");
  request.set_from_start(true);
  auto context = Context();
  auto reader = stub_->WatchRecords(context.get(), request);
  records::v1::WatchRecordsResponse event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_TRUE(event.has_heartbeat());
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.record().code(), "A");
  Create("B");
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.record().code(), "B");
  EXPECT_FALSE(event.resume_token().empty());
  context->TryCancel();
  while (reader->Read(&event)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(Services, EndAWatchThatCannotGoOn) {
  records::v1::WatchRecordsRequest request;
  request.set_kind("ActionStep");
  request.set_resume_token("bm90IGEgdG9rZW4");
  auto context = Context();
  auto reader = stub_->WatchRecords(context.get(), request);
  records::v1::WatchRecordsResponse event;
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_EQ(ReasonOf(FromGrpcStatus(reader->Finish())), "RESUME_TOKEN_TOO_OLD");
}

TEST_F(Services, ImportAStreamOfChunks) {
  records::v1::ImportRecordsResponse response;
  auto context = Context();
  auto writer = stub_->ImportRecords(context.get(), &response);
  records::v1::ImportRecordsRequest part;
  part.mutable_options()->set_format(records::v1::IMPORT_FORMAT_PARTICIPATIONS);
  part.mutable_options()->set_activity("COACH-1");
  ASSERT_TRUE(writer->Write(part));
  for (const char* bytes : {"staff,sta", "te\nS-1,attended\nS-2,abs", "ent\n"}) {
    part.mutable_chunk()->set_file_name("p.csv");
    part.mutable_chunk()->set_data(bytes);
    ASSERT_TRUE(writer->Write(part));
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.created(), 2);
  EXPECT_EQ(response.created_by_scope().at("oak"), 2);
}

TEST_F(Services, DescribeEveryKind) {
  records::v1::ListKindsResponse kinds;
  ASSERT_TRUE(stub_->ListKinds(Context().get(), {}, &kinds).ok());
  EXPECT_EQ(kinds.kinds_size(), static_cast<int>(KindRegistry::BuiltIn().kinds().size()));
  for (const auto& kind : kinds.kinds()) {
    records::v1::DescribeKindRequest request;
    request.set_kind(kind.kind());
    records::v1::DescribeKindResponse response;
    ASSERT_TRUE(stub_->DescribeKind(Context().get(), request, &response).ok());
    EXPECT_FALSE(response.kind().example().empty());
    EXPECT_GT(response.kind().fields_size(), 0);
  }
}

TEST_F(Services, RunReportsInEveryFormat) {
  reports::v1::ListReportsResponse list;
  ASSERT_TRUE(reports_stub_->ListReports(Context().get(), {}, &list).ok());
  EXPECT_GE(list.reports_size(), 8);
  for (const auto& [format, type] : {std::pair(reports::v1::REPORT_FORMAT_JSON, "application/json"),
                                     std::pair(reports::v1::REPORT_FORMAT_CSV, "text/csv"),
                                     std::pair(reports::v1::REPORT_FORMAT_TABLE, "text/plain")}) {
    reports::v1::RunReportRequest request;
    request.set_report("participation");
    request.set_format(format);
    reports::v1::RunReportResponse response;
    const grpc::Status status = reports_stub_->RunReport(Context().get(), request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_TRUE(response.content_type().starts_with(type)) << response.content_type();
    EXPECT_FALSE(response.content().empty());
    EXPECT_TRUE(response.complete());
  }
}

}  // namespace
}  // namespace trellis
