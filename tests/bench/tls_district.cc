#include "tests/bench/tls_district.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "common/rpc/channel_settings.h"
#include "tests/bench/workload.h"

namespace trellis {
namespace {

constexpr char kDistrict[] = "bench";
constexpr auto kPatience = std::chrono::minutes(1);

int64_t NowMs() { return SystemClock().WallMs(); }

template <typename T>
T Must(absl::StatusOr<T> value) {
  Check(value.status());
  return *std::move(value);
}

ExchangeConfig ConfigOf(Side side, const std::string& scope) {
  ExchangeConfig config;
  config.side = side;
  config.peer = side == Side::kSite ? "server" : scope;
  config.store = side == Side::kSite ? scope : "server";
  config.software = "bench";
  config.scopes = {{scope, true, true}};
  return config;
}

}  // namespace

TlsKeys ServerKeys(const CertificateAuthority& authority) {
  TlsKeys keys{authority.certificate_pem(), Must(MakePrivateKey()), ""};
  keys.certificate = Must(authority.IssueServer(keys.key, kDistrict, {"localhost"}, NowMs()));
  return keys;
}

TlsKeys SiteKeys(const CertificateAuthority& authority, const std::string& scope) {
  TlsKeys keys{authority.certificate_pem(), Must(MakePrivateKey()), ""};
  const std::string request = Must(MakeCertificateRequest(keys.key));
  keys.certificate = Must(authority.IssueSite(request, "trellis://bench/site/" + scope, NowMs()));
  return keys;
}

std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const TlsKeys& keys) {
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_key_cert_pairs.push_back({keys.key, keys.certificate});
  tls.pem_root_certs = keys.authority;
  return grpc::SslServerCredentials(tls);
}

std::shared_ptr<grpc::Channel> SiteChannel(const TlsKeys& keys, uint16_t port) {
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = keys.authority;
  tls.pem_private_key = keys.key;
  tls.pem_cert_chain = keys.certificate;
  grpc::ChannelArguments arguments = SyncChannelArguments({});
  arguments.SetSslTargetNameOverride("localhost");
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port), grpc::SslCredentials(tls), arguments);
}

absl::StatusOr<Admission> OpenGate::Admit(const PeerCertificate& certificate) {
  const std::string scope = certificate.uri.substr(certificate.uri.rfind('/') + 1);
  return Admission{ConfigOf(Side::kServer, scope), [](const ExchangeStatus&, bool) {}};
}

TlsServer::TlsServer(Replica* replica, const TlsKeys& keys)
    : hub_(replica), service_(&gate_, &hub_, &executor_, replica, &clock_) {
  grpc::ServerBuilder builder;
  builder.RegisterService(&service_);
  LimitListener(&builder);
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", ServerCredentials(keys), &port);
  server_ = builder.BuildAndStart();
  port_ = static_cast<uint16_t>(port);
}

TlsServer::~TlsServer() {
  server_->Shutdown(std::chrono::system_clock::now());
  executor_.Shutdown();
}

struct TlsSite::Progress {
  std::mutex mutex;
  std::condition_variable changed;
  ExchangeStatus status;
  bool done = false;
};

TlsSite::TlsSite(Replica* replica, Executor* executor, const std::string& scope, const TlsKeys& keys,
                 uint16_t port)
    : replica_(replica), scope_(scope), hub_(replica), progress_(std::make_shared<Progress>()) {
  auto observer = [progress = progress_](const ExchangeStatus& status, bool) {
    const std::lock_guard lock(progress->mutex);
    progress->status = status;
    progress->changed.notify_all();
  };
  session_ =
      std::make_shared<SyncSession>(executor, replica, &clock_, ConfigOf(Side::kSite, scope), observer);
  hub_.Add(session_);
  call_ = SyncCall::Begin(SiteChannel(keys, port), session_, [progress = progress_](const grpc::Status&) {
    const std::lock_guard lock(progress->mutex);
    progress->done = true;
    progress->changed.notify_all();
  });
}

TlsSite::~TlsSite() {
  hub_.Remove(session_.get());
  call_->Cancel();
  std::unique_lock lock(progress_->mutex);
  progress_->changed.wait(lock, [&] { return progress_->done; });
}

bool TlsSite::WaitUntilCrossed() {
  const uint64_t head = Must(replica_->Head(scope_)).seq;
  std::unique_lock lock(progress_->mutex);
  return progress_->changed.wait_for(lock, kPatience, [&] {
    const ExchangeStatus& status = progress_->status;
    return status.welcomed && std::all_of(status.scopes.begin(), status.scopes.end(), [&](const auto& scope) {
             return scope.pushed >= head && scope.pulled >= scope.peer_head;
           });
  });
}

bool TlsSite::WaitForRecords(uint64_t records) {
  std::unique_lock lock(progress_->mutex);
  return progress_->changed.wait_for(lock, kPatience,
                                     [&] { return Must(replica_->Head(scope_)).records >= records; });
}

}  // namespace trellis
