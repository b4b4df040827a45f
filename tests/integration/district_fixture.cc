#include "tests/integration/district_fixture.h"

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "client/agent/join.h"
#include "common/identity/private_file.h"
#include "common/time/clock.h"
#include "server/commands.h"
#include "trellis/domain/v1/action_step.pb.h"

namespace trellis {
namespace {

namespace admin_pb = trellis::admin::v1;
namespace records_pb = trellis::records::v1;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The port named by "NAME=HOST:PORT" in a line of readiness.
uint16_t PortIn(const std::string& line, const std::string& name) {
  const size_t at = line.find(name + "=");
  const size_t end = line.find(' ', at);
  const std::string address = line.substr(at, end - at);
  return static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

void ExpectOk(const grpc::Status& status) { EXPECT_TRUE(status.ok()) << status.error_message(); }

}  // namespace

std::unique_ptr<grpc::ClientContext> Caller::Context() const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token);
  return context;
}

admin_pb::GetSyncStatusResponse Caller::SyncStatus() const {
  admin_pb::GetSyncStatusResponse response;
  ExpectOk(admin_pb::AdminService::NewStub(channel)->GetSyncStatus(Context().get(), {}, &response));
  return response;
}

grpc::Status Caller::SyncNow(int seconds) const {
  admin_pb::SyncNowRequest request;
  request.mutable_timeout()->set_seconds(seconds);
  admin_pb::SyncNowResponse response;
  return admin_pb::AdminService::NewStub(channel)->SyncNow(Context().get(), request, &response);
}

std::map<std::string, std::string> Caller::Digests() const {
  admin_pb::GetDigestResponse response;
  ExpectOk(admin_pb::AdminService::NewStub(channel)->GetDigest(Context().get(), {}, &response));
  std::map<std::string, std::string> digests;
  for (const auto& row : response.scopes()) digests[row.scope()] = row.digest();
  return digests;
}

size_t Caller::SetAsides() const {
  admin_pb::ListSetAsideResponse response;
  ExpectOk(admin_pb::AdminService::NewStub(channel)->ListSetAside(Context().get(), {}, &response));
  return response.records_size();
}

std::string Caller::CreateStep(const std::string& code, const std::string& title) const {
  trellis::domain::v1::ActionStep step;
  step.set_code(code);
  step.set_title(title);
  step.set_state(trellis::domain::v1::ACTION_STEP_STATE_NOT_STARTED);
  records_pb::CreateRecordRequest request;
  request.set_kind("ActionStep");
  request.set_scope("shared");
  request.mutable_data()->PackFrom(step);
  records_pb::CreateRecordResponse response;
  ExpectOk(records_pb::RecordsService::NewStub(channel)->CreateRecord(Context().get(), request, &response));
  return response.record().id();
}

void Caller::SetStep(const std::string& code,
                     const std::function<void(records_pb::UpdateRecordRequest*)>& fill) const {
  records_pb::UpdateRecordRequest request;
  request.set_kind("ActionStep");
  request.set_id(code);
  request.set_scope("shared");
  fill(&request);
  records_pb::UpdateRecordResponse response;
  ExpectOk(records_pb::RecordsService::NewStub(channel)->UpdateRecord(Context().get(), request, &response));
}

void Caller::SetTitle(const std::string& code, const std::string& title) const {
  SetStep(code, [&](records_pb::UpdateRecordRequest* request) {
    trellis::domain::v1::ActionStep step;
    step.set_title(title);
    request->mutable_data()->PackFrom(step);
  });
}

std::string Caller::TitleOf(const std::string& code) const {
  records_pb::GetRecordRequest request;
  request.set_kind("ActionStep");
  request.set_id(code);
  request.set_scope("shared");
  records_pb::GetRecordResponse response;
  const grpc::Status status =
      records_pb::RecordsService::NewStub(channel)->GetRecord(Context().get(), request, &response);
  trellis::domain::v1::ActionStep step;
  if (!status.ok() || !response.record().data().UnpackTo(&step)) return "";
  return step.title();
}

size_t Caller::CountSteps() const {
  records_pb::ListRecordsRequest request;
  request.set_kind("ActionStep");
  request.set_scope("shared");
  request.set_page_size(1'000);
  size_t count = 0;
  do {
    records_pb::ListRecordsResponse response;
    ExpectOk(records_pb::RecordsService::NewStub(channel)->ListRecords(Context().get(), request, &response));
    count += response.records_size();
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return count;
}

void DistrictFixture::SetUp() {
  signal(SIGPIPE, SIG_IGN);  // as the programs do
  std::string name = (std::filesystem::temp_directory_path() / "trellis-integration.XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  folder_ = name;
  testing::internal::CaptureStdout();
  const absl::Status made = InitCommand(Path("server"), "Test district");
  testing::internal::GetCapturedStdout();
  ASSERT_TRUE(made.ok()) << made.ToString();
}

void DistrictFixture::TearDown() {
  daemons_.clear();
  server_.reset();
  std::filesystem::remove_all(folder_);
}

void DistrictFixture::StartServer(const std::string& data) {
  ServerOptions options;
  options.data = Path(data);
  options.sync = fmt::format("127.0.0.1:{}", sync_port_);
  options.api = fmt::format("127.0.0.1:{}", api_port_);
  if (one_port_) options.join = options.sync;
  options.catching_up_at_once = catching_up_at_once_;
  absl::StatusOr<std::unique_ptr<ServerApp>> server = ServerApp::Start(options);
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  server_ = *std::move(server);
  const std::string line = server_->ReadyLine();
  sync_port_ = PortIn(line, "sync");
  join_port_ = PortIn(line, "join");
  api_port_ = PortIn(line, "api");
}

Caller DistrictFixture::Server() const {
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = ReadFile(Path("server") + "/keys/authority.crt");
  Caller caller{grpc::CreateChannel(fmt::format("127.0.0.1:{}", api_port_), grpc::SslCredentials(tls)),
                ReadFile(Path("server") + "/admin.token")};
  caller.token.pop_back();  // the newline
  return caller;
}

std::string DistrictFixture::AddSite(const std::string& site) {
  const Caller server = Server();
  admin_pb::AddSiteRequest request;
  request.set_display_name("School " + site);
  request.set_identifier(site);
  admin_pb::AddSiteResponse response;
  ExpectOk(
      admin_pb::AdminService::NewStub(server.channel)->AddSite(server.Context().get(), request, &response));
  return response.joining_code();
}

void DistrictFixture::StartSite(const std::string& site, uint16_t port) {
  const std::string keys = SiteKeysFolder(Path(site));
  ASSERT_TRUE(MakePrivateFolder(Path(site)).ok());
  ASSERT_TRUE(MakePrivateFolder(keys).ok());
  const std::string address = fmt::format("127.0.0.1:{}", port == 0 ? sync_port_ : port);
  const absl::StatusOr<Membership> joined = JoinDistrict(keys, address, AddSite(site), SystemClock(), proxy_);
  ASSERT_TRUE(joined.ok()) << joined.status().ToString();
  Serve(site);
}

void DistrictFixture::Serve(const std::string& site) {
  absl::StatusOr<std::unique_ptr<DaemonApp>> daemon = DaemonApp::Start(
      {.data = Path(site), .socket = Path(site + ".sock"), .proxy = proxy_, .keepalive = keepalive_});
  ASSERT_TRUE(daemon.ok()) << daemon.status().ToString();
  daemons_[site] = *std::move(daemon);
}

Caller DistrictFixture::Site(const std::string& site) const {
  return {grpc::CreateChannel("unix:" + Path(site + ".sock"), grpc::InsecureChannelCredentials()), ""};
}

bool DistrictFixture::Eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 3'000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace trellis
