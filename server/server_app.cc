#include "server/server_app.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "common/bundle/seal_key_file.h"
#include "common/identity/private_file.h"
#include "common/replica/quarantine_retry.h"
#include "common/replica/store_folder.h"
#include "common/rpc/channel_settings.h"
#include "common/rpc/endpoint.h"
#include "common/rpc/sync_service.h"
#include "common/service/attachments_service.h"
#include "common/service/documents_service.h"
#include "common/service/records_service.h"
#include "common/service/report_host.h"
#include "common/service/report_keeper.h"
#include "common/service/reports_service.h"
#include "common/service/rules_service.h"
#include "common/service/trace_service.h"
#include "server/across/home_copies.h"
#include "server/admin/server_admin_service.h"
#include "server/admission/port_front.h"
#include "server/backup/backup.h"
#include "server/backup/backup_log.h"
#include "server/bundle/bundle_services.h"
#include "server/control_socket.h"
#include "server/district_keys.h"
#include "server/enrolment/join_listener.h"
#include "server/ingest/district_way.h"
#include "server/ingest/site_completeness.h"
#include "server/ingest/site_gate.h"
#include "server/reports/cycle_schedule.h"

namespace trellis {
namespace {

// Frames wait for the disk on these threads; many at once go into one group commit.
constexpr int kSyncThreads = 16;
constexpr int kApiThreads = 16;
constexpr std::chrono::milliseconds kDrain{400};
constexpr char kJoinPortMeta[] = "server/join-port";
constexpr size_t kCopiedAtOnce = 500;  // records of a site looked at in a tick
constexpr size_t kWriteBufferBytes = 8 << 20;
constexpr size_t kBlockCacheBytes = 16 << 20;

StoreFolderOptions StoreOptions(const std::string& data, const DistrictKeys& keys, const Clock* clock,
                                Random* random) {
  StoreFolderOptions options;
  options.folder = data;
  options.anchor_copy = KeysFolder(data);
  options.engine.write_buffer_bytes = kWriteBufferBytes;
  options.engine.block_cache_bytes = kBlockCacheBytes;
  options.district_key = keys.key;
  options.clock = clock;
  options.random = random;
  options.kinds = &KindRegistry::BuiltIn();
  options.renew_old_epochs = false;  // it would end every other site's session
  return options;
}

std::vector<std::string> NoticesOf(const StoreFolder& store) {
  if (store.in_rescue()) {
    return {fmt::format(
        "The store was found behind what it had acknowledged: {} change(s) are missing here. Sites give back "
        "what they hold as they connect.",
        store.changes_lost())};
  }
  if (store.changes_reconciled() == 0) return {};
  return {fmt::format(
      "The store was found behind what it had acknowledged, by {} change(s). It has been compared with every "
      "site's since: what sites held of them is back.",
      store.changes_reconciled())};
}

OptionsOfPeer OptionsOf(const SiteGate* gate) {
  return [gate](const std::string& peer) { return gate->OptionsFor(peer); };
}

class DistrictServer final : public ServerApp {
 public:
  explicit DistrictServer(ServerOptions options) : options_(std::move(options)) {}
  ~DistrictServer() override;

  absl::Status Start();
  std::string ReadyLine() const override;
  void Tick() override;

 private:
  void FreezeWhatIsDue();
  absl::Status OpenStore();
  absl::Status MakeServices();
  // REQUIRES: records_ is there.
  absl::Status MakeReports(const RecordStore& records, const ServiceShell& shell);
  using Acceptor = grpc::experimental::ExternalConnectionAcceptor;
  absl::Status StartSync(const Endpoint& endpoint);
  absl::Status StartJoin(const Endpoint& endpoint);
  absl::Status StartApi(const Endpoint& endpoint);
  absl::StatusOr<Endpoint> JoinEndpoint(const Endpoint& sync) const;
  // REQUIRES: certificate_ is there.
  void MakeBundleServices();
  absl::Status StartListeners();
  // After the listeners that share the port of sync.
  absl::Status StartFront(const Endpoint& endpoint);
  // A gRPC server at the endpoint, or behind the front if `acceptor` is not null.
  std::unique_ptr<grpc::Server> Serve(grpc::ServerBuilder* builder, const Endpoint& endpoint,
                                      bool want_client_certificate, std::unique_ptr<Acceptor>* acceptor,
                                      Endpoint* at) const;
  std::shared_ptr<grpc::ServerCredentials> TlsFor(bool want_client_certificate) const;
  std::string HandleControl(std::string_view line);
  // For want of something that may be there by now: a newer program's schema, a key, a later record.
  void TryWhatIsSetAside();

  const ServerOptions options_;
  const SystemClock clock_;
  SystemRandom random_;
  std::optional<DistrictKeys> keys_;
  std::string certificate_;  // of the server, for this run
  std::unique_ptr<BackupLog> backups_;
  std::unique_ptr<StoreFolder> store_;
  std::unique_ptr<SiteRegistry> registry_;
  std::unique_ptr<TokenStore> tokens_;
  std::unique_ptr<Joining> joining_;
  std::unique_ptr<SiteHealth> health_;
  std::unique_ptr<SiteGate> gate_;
  std::unique_ptr<QuarantineRetry> set_aside_;
  std::unique_ptr<Executor> sync_executor_;
  std::unique_ptr<Executor> api_executor_;
  std::unique_ptr<SyncHub> hub_;
  std::unique_ptr<SyncService> sync_service_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<DistrictCompleteness> completeness_;
  std::unique_ptr<ReportHost> report_host_;
  std::unique_ptr<ReportKeeper> report_keeper_;
  std::unique_ptr<RecordsServiceImpl> records_;
  std::unique_ptr<ReportFreezer> report_freezer_;
  std::unique_ptr<CycleSchedule> schedule_;
  std::atomic<bool> freezing_{false};  // the schedule runs on a thread of api_executor_
  std::unique_ptr<ReportsServiceImpl> reports_;
  std::unique_ptr<RulesServiceImpl> rules_;
  std::unique_ptr<DocumentsServiceImpl> documents_;
  std::unique_ptr<AttachmentsServiceImpl> attachments_;
  std::unique_ptr<ServerAdminService> admin_;
  std::unique_ptr<HomeCopies> copies_;
  std::unique_ptr<DistrictWay> way_;
  std::unique_ptr<TraceServiceImpl> trace_;
  SealKeys bundle_keys_;
  std::unique_ptr<DistrictBundles> bundles_;
  std::unique_ptr<DistrictBundleService> bundle_service_;
  std::unique_ptr<DistrictRelayService> relay_service_;
  std::unique_ptr<grpc::Server> sync_server_;
  std::unique_ptr<grpc::Server> api_server_;
  std::unique_ptr<JoinListener> join_listener_;
  std::unique_ptr<ControlSocket> control_;
  Endpoint sync_at_, join_at_, api_at_;
  bool join_shares_port_ = false;
  bool api_shares_port_ = false;
  std::unique_ptr<Acceptor> sync_acceptor_;  // if some other listener shares the port of sync
  std::unique_ptr<Acceptor> api_acceptor_;
  std::unique_ptr<PortFront> front_;  // gone before what it hands connections to
};

absl::Status DistrictServer::Start() {
  absl::StatusOr<DistrictKeys> keys = LoadDistrict(options_.data);
  if (!keys.ok()) return keys.status();
  keys_.emplace(*std::move(keys));
  if (absl::Status opened = OpenStore(); !opened.ok()) return opened;
  if (absl::Status made = MakeServices(); !made.ok()) return made;
  return StartListeners();
}

absl::Status DistrictServer::OpenStore() {
  absl::StatusOr<std::unique_ptr<StoreFolder>> store =
      StoreFolder::Open(StoreOptions(options_.data, *keys_, &clock_, &random_));
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  for (const std::string& notice : NoticesOf(*store_)) spdlog::warn("{}", notice);
  absl::StatusOr<ScopeHead> shared = store_->replica()->BeginScope("shared");
  return shared.status();
}

absl::Status DistrictServer::MakeServices() {
  backups_ = std::make_unique<BackupLog>(options_.data);
  absl::StatusOr<std::unique_ptr<SiteRegistry>> registry = SiteRegistry::Open(options_.data);
  if (!registry.ok()) return registry.status();
  registry_ = *std::move(registry);
  absl::StatusOr<std::unique_ptr<TokenStore>> tokens = TokenStore::Open(TokensFile(options_.data), &clock_);
  if (!tokens.ok()) return tokens.status();
  tokens_ = *std::move(tokens);
  absl::StatusOr<KeyHash> server_key = keys_->server_key_hash();
  if (!server_key.ok()) return server_key.status();
  absl::StatusOr<HashKey> token_key = LoadTokenKey(store_->replica(), &random_);
  if (!token_key.ok()) return token_key.status();

  absl::StatusOr<SealKeys> bundle_keys = LoadOrMakeSealKeys(KeysFolder(options_.data) + "/bundle.key");
  if (!bundle_keys.ok()) return bundle_keys.status();
  bundle_keys_ = *std::move(bundle_keys);

  const DistrictFacts district{keys_->id, keys_->name, keys_->key_hex(), SealKeyHex(bundle_keys_.public_key)};
  joining_ = std::make_unique<Joining>(registry_.get(), &keys_->authority, district, *server_key, &clock_);
  health_ = std::make_unique<SiteHealth>(store_->replica(), &clock_);
  gate_ = std::make_unique<SiteGate>(
      SiteGate::Options{.district = keys_->id,
                        .district_name = keys_->name,
                        .software = fmt::format("trellis-server {}", kServerVersion),
                        .district_key = keys_->key,
                        .reconcile = store_->in_rescue(),
                        .catching_up_at_once = options_.catching_up_at_once,
                        .voucher_key = keys_->voucher_key(),
                        .sign = [this](std::string_view statement) { return keys_->SignReceipt(statement); },
                        .durability_horizon_ms = &backups_->horizon_ms(),
                        .backed_up_to_ms = &backups_->newest_ms()},
      store_->replica(), registry_.get(), health_.get(), &KindRegistry::BuiltIn(), &clock_);
  set_aside_ = std::make_unique<QuarantineRetry>(store_->replica(), &clock_, OptionsOf(gate_.get()));
  TryWhatIsSetAside();
  sync_executor_ = std::make_unique<Executor>(kSyncThreads);
  api_executor_ = std::make_unique<Executor>(kApiThreads);
  hub_ = std::make_unique<SyncHub>(store_->replica());
  sync_service_ = std::make_unique<SyncService>(gate_.get(), hub_.get(), sync_executor_.get(),
                                                store_->replica(), &clock_);
  authenticator_ = std::make_unique<TokenAuthenticator>(
      [tokens = tokens_.get()](const TokenHash& hash) { return tokens->Find(hash); }, &clock_);

  RecordStore records;
  records.replica = store_->replica();
  records.kinds = &KindRegistry::BuiltIn();
  records.clock = &clock_;
  records.district_key = keys_->key;
  records.token_key = *token_key;
  const ServiceShell shell{authenticator_.get(), api_executor_.get()};
  records_ = std::make_unique<RecordsServiceImpl>(records, shell);
  if (absl::Status made = MakeReports(records, shell); !made.ok()) return made;
  rules_ = std::make_unique<RulesServiceImpl>(records, shell);
  documents_ = std::make_unique<DocumentsServiceImpl>(
      DocumentsServiceImpl::Parts{.store = records,
                                  .shell = shell,
                                  .district = keys_->name,
                                  .authority_pem = keys_->authority.certificate_pem(),
                                  .sign = [this](std::string_view text) { return keys_->Sign(text); }});
  attachments_ = std::make_unique<AttachmentsServiceImpl>(records, &records_->writer(), shell);
  way_ = std::make_unique<DistrictWay>(store_->replica(), registry_.get(), health_.get(),
                                       &backups_->newest_ms());
  trace_ = std::make_unique<TraceServiceImpl>(records, way_.get(), shell);
  copies_ = std::make_unique<HomeCopies>(records);
  admin_ = std::make_unique<ServerAdminService>(
      ServerAdminService::Parts{.store = records,
                                .writer = &records_->writer(),
                                .registry = registry_.get(),
                                .joining = joining_.get(),
                                .tokens = tokens_.get(),
                                .health = health_.get(),
                                .hub = hub_.get(),
                                .options_of_peer = OptionsOf(gate_.get()),
                                .shell = shell,
                                .district = district,
                                .version = kServerVersion,
                                .notices = [this] { return NoticesOf(*store_); }});
  return absl::OkStatus();
}

absl::Status DistrictServer::MakeReports(const RecordStore& records, const ServiceShell& shell) {
  completeness_ = std::make_unique<DistrictCompleteness>(registry_.get(), health_.get(), store_->replica(),
                                                         &clock_, [this] { return store_->in_rescue(); });
  report_host_ = std::make_unique<ReportHost>(records, completeness_.get());
  report_keeper_ = std::make_unique<ReportKeeper>(store_->replica(), report_host_.get());
  report_freezer_ = std::make_unique<ReportFreezer>(
      records, report_host_.get(), &records_->writer(),
      [this](std::string_view statement) { return keys_->Sign(statement); },
      SignedBy(keys_->authority.certificate_pem()));
  reports_ = std::make_unique<ReportsServiceImpl>(
      report_host_.get(), report_freezer_.get(),
      SnapshotReader(records, SignedBy(keys_->authority.certificate_pem())), shell);
  const absl::StatusOr<std::optional<int>> nightly = ParseNightly(options_.nightly);
  if (!nightly.ok()) return nightly.status();
  schedule_ = std::make_unique<CycleSchedule>(records, report_freezer_.get(), *nightly);
  return absl::OkStatus();
}

absl::StatusOr<Endpoint> DistrictServer::JoinEndpoint(const Endpoint& sync) const {
  if (!options_.join.empty()) return ParseEndpoint(options_.join);
  Endpoint join{sync.host, 0};
  const absl::StatusOr<std::optional<std::string>> last = store_->replica()->GetMeta(kJoinPortMeta);
  // The port of last time, so that codes that are out stay good.
  if (last.ok() && last->has_value())
    join.port = static_cast<uint16_t>(std::strtoul((*last)->c_str(), nullptr, 10));
  return join;
}

void DistrictServer::MakeBundleServices() {
  bundles_ = std::make_unique<DistrictBundles>(
      DistrictBundles::Options{.district = keys_->id,
                               .keys = bundle_keys_,
                               .signer = {.private_key = keys_->server_key, .certificate = certificate_},
                               .authority = keys_->authority.certificate_pem()},
      store_->replica(), gate_.get(), &clock_);
  bundle_service_ = std::make_unique<DistrictBundleService>(
      bundles_.get(), ServiceShell{authenticator_.get(), api_executor_.get()});
  relay_service_ = std::make_unique<DistrictRelayService>(bundles_.get(), api_executor_.get());
}

absl::Status DistrictServer::StartListeners() {
  absl::StatusOr<Endpoint> sync = ParseEndpoint(options_.sync);
  if (!sync.ok()) return sync.status();
  absl::StatusOr<Endpoint> join = JoinEndpoint(*sync);
  if (!join.ok()) return join.status();
  std::vector<std::string> hosts = {"localhost", "127.0.0.1", ServerName(keys_->id)};
  std::optional<Endpoint> api;
  if (!options_.api.empty()) {
    absl::StatusOr<Endpoint> parsed = ParseEndpoint(options_.api);
    if (!parsed.ok()) return parsed.status();
    api = *parsed;
    hosts.push_back(api->host);
  }
  for (const std::string& host : {sync->host, join->host, options_.public_host}) {
    if (!host.empty()) hosts.push_back(host);
  }
  absl::StatusOr<std::string> certificate =
      keys_->authority.IssueServer(keys_->server_key, keys_->id, hosts, clock_.WallMs());
  if (!certificate.ok()) return certificate.status();
  certificate_ = *std::move(certificate);
  MakeBundleServices();

  join_shares_port_ = sync->port != 0 && *join == *sync;
  api_shares_port_ = sync->port != 0 && api == *sync;
  if (absl::Status started = StartSync(*sync); !started.ok()) return started;
  if (absl::Status started = StartJoin(*join); !started.ok()) return started;
  if (api.has_value()) {
    if (absl::Status started = StartApi(*api); !started.ok()) return started;
  }
  if (absl::Status started = StartFront(*sync); !started.ok()) return started;
  absl::StatusOr<std::unique_ptr<ControlSocket>> control = ControlSocket::Listen(
      options_.data + "/control.sock", [this](std::string_view line) { return HandleControl(line); });
  if (control.ok()) {
    control_ = *std::move(control);
  } else {
    spdlog::warn("{}; a backup can be taken only while this server does not run",
                 std::string(control.status().message()));
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::ServerCredentials> DistrictServer::TlsFor(bool want_client_certificate) const {
  grpc::SslServerCredentialsOptions tls(want_client_certificate
                                            ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                            : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  tls.pem_key_cert_pairs.push_back({keys_->server_key, certificate_});
  if (want_client_certificate) tls.pem_root_certs = keys_->authority.certificate_pem();
  return grpc::SslServerCredentials(tls);
}

std::unique_ptr<grpc::Server> DistrictServer::Serve(grpc::ServerBuilder* builder, const Endpoint& endpoint,
                                                    bool want_client_certificate,
                                                    std::unique_ptr<Acceptor>* acceptor, Endpoint* at) const {
  LimitListener(builder);
  int port = endpoint.port;
  if (acceptor != nullptr) {
    *acceptor = builder->experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        TlsFor(want_client_certificate));
  } else {
    builder->AddListeningPort(endpoint.ToString(), TlsFor(want_client_certificate), &port);
  }
  std::unique_ptr<grpc::Server> server = builder->BuildAndStart();
  *at = {endpoint.host, static_cast<uint16_t>(port)};
  return port == 0 ? nullptr : std::move(server);
}

absl::Status DistrictServer::StartSync(const Endpoint& endpoint) {
  grpc::ServerBuilder builder;
  builder.RegisterService(sync_service_.get());
  builder.RegisterService(relay_service_.get());
  const bool shared = join_shares_port_ || api_shares_port_;
  sync_server_ = Serve(&builder, endpoint, /*want_client_certificate=*/true,
                       shared ? &sync_acceptor_ : nullptr, &sync_at_);
  if (sync_server_ != nullptr) return absl::OkStatus();
  return absl::UnavailableError(
      fmt::format("cannot listen for sync on {}: is the port taken?", options_.sync));
}

absl::Status DistrictServer::StartJoin(const Endpoint& endpoint) {
  JoinListener::Options listen{endpoint.host, endpoint.port, certificate_, keys_->server_key};
  if (join_shares_port_) listen.host.clear();
  const JoinListener::Answer answer = [this](std::string_view json) { return joining_->Answer(json); };
  absl::StatusOr<std::unique_ptr<JoinListener>> listener = JoinListener::Start(listen, answer);
  if (!listener.ok() && options_.join.empty() && listen.port != 0) {
    spdlog::warn("port {} for joining is taken; joining codes that are out name it and will not work",
                 listen.port);
    listen.port = 0;
    listener = JoinListener::Start(listen, answer);
  }
  if (!listener.ok()) return listener.status();
  join_listener_ = *std::move(listener);
  join_at_ = {endpoint.host, join_shares_port_ ? endpoint.port : join_listener_->port()};
  joining_->SetListener(options_.public_host.empty() ? join_at_.host : options_.public_host, join_at_.port);
  return store_->replica()->PutMeta(kJoinPortMeta, std::to_string(join_at_.port));
}

absl::Status DistrictServer::StartApi(const Endpoint& endpoint) {
  grpc::ServerBuilder builder;
  builder.RegisterService(records_.get());
  builder.RegisterService(reports_.get());
  builder.RegisterService(rules_.get());
  builder.RegisterService(documents_.get());
  builder.RegisterService(attachments_.get());
  builder.RegisterService(admin_.get());
  builder.RegisterService(bundle_service_.get());
  builder.RegisterService(trace_.get());
  api_server_ = Serve(&builder, endpoint, /*want_client_certificate=*/false,
                      api_shares_port_ ? &api_acceptor_ : nullptr, &api_at_);
  if (api_server_ != nullptr) return absl::OkStatus();
  return absl::UnavailableError(
      fmt::format("cannot listen for the API on {}: is the port taken?", options_.api));
}

absl::Status DistrictServer::StartFront(const Endpoint& endpoint) {
  if (sync_acceptor_ == nullptr) return absl::OkStatus();
  const auto door_of = [](Acceptor* acceptor) {
    return [acceptor](int fd) {
      Acceptor::NewConnectionParameters connection;
      connection.fd = fd;
      acceptor->HandleNewConnection(&connection);
    };
  };
  PortFront::Options options{.at = endpoint, .server_name = ServerName(keys_->id)};
  options.sync = door_of(sync_acceptor_.get());
  if (api_shares_port_) options.api = door_of(api_acceptor_.get());
  if (join_shares_port_) options.join = [this](int fd) { join_listener_->Take(fd); };
  absl::StatusOr<std::unique_ptr<PortFront>> front = PortFront::Listen(std::move(options));
  if (!front.ok()) return front.status();
  front_ = *std::move(front);
  return absl::OkStatus();
}

std::string DistrictServer::ReadyLine() const {
  std::string line = fmt::format("ready sync={} join={}", sync_at_.ToString(), join_at_.ToString());
  if (api_server_ != nullptr) line += fmt::format(" api={}", api_at_.ToString());
  return line;
}

void DistrictServer::TryWhatIsSetAside() {
  const std::optional<RetryOutcome> outcome = set_aside_->Tick();
  if (!outcome.has_value()) return;
  spdlog::info("of {} record(s) set aside {} could be taken by now", outcome->tried, outcome->taken);
}

// The schedule belongs to this thread while `freezing_` is not set, and to the job while it is.
void DistrictServer::FreezeWhatIsDue() {
  if (freezing_.load()) return;
  if (const absl::StatusOr<bool> due = schedule_->MayBeDue(); !due.ok() || !*due) return;
  freezing_.store(true);
  const absl::Status taken = api_executor_->Submit([this] {
    const absl::StatusOr<std::vector<std::string>> frozen = schedule_->Run();
    if (!frozen.ok()) spdlog::warn("no report was frozen: {}", std::string(frozen.status().message()));
    if (frozen.ok() && !frozen->empty()) spdlog::info("frozen: {}", fmt::join(*frozen, ", "));
    freezing_.store(false);
  });
  if (!taken.ok()) freezing_.store(false);
}

void DistrictServer::Tick() {
  store_->Tick();
  TryWhatIsSetAside();
  FreezeWhatIsDue();
  if (const absl::StatusOr<int> copied = copies_->CatchUp(kCopiedAtOnce); !copied.ok()) {
    spdlog::warn("what people learned at other schools is not copied home yet: {}",
                 std::string(copied.status().message()));
  }
  if (!store_->in_rescue()) return;
  for (const RegisteredSite& site : registry_->All()) {
    const bool compared = health_->Of(site.site).verified_ms >= store_->rescue_since_ms();
    if (!site.machines.empty() && !site.revoked && !compared) return;
  }
  if (store_->FinishRescue().ok()) spdlog::info("every site has been compared with; the rescue is over");
}

// "backup FOLDER" -> "ok" or "error WORDS".
std::string DistrictServer::HandleControl(std::string_view line) {
  constexpr std::string_view kBackup = "backup ";
  if (!line.starts_with(kBackup)) return "error this server does not know that command";
  const BackupSource source{.data = options_.data,
                            .district_key = keys_->key,
                            .log = backups_.get(),
                            .checkpoint = [this](const std::string& to) { return store_->Checkpoint(to); },
                            .district = keys_->id,
                            .district_name = keys_->name,
                            .recovery_public_key = keys_->recovery_public_key,
                            .recovery_kit_file = keys_->recovery_kit_file};
  const absl::Status written = WriteBackup(source, std::string(line.substr(kBackup.size())), clock_);
  if (written.ok()) return "ok";
  spdlog::warn("backup failed: {}", std::string(written.message()));
  return fmt::format("error {}", std::string(written.message()));
}

DistrictServer::~DistrictServer() {
  control_.reset();
  front_.reset();
  join_listener_.reset();
  if (hub_ != nullptr) {
    for (const auto& session : hub_->All()) {
      session->Dismiss(Bye{.reason = "the server is going down for a moment", .retry_after_ms = 1'000});
    }
  }
  const auto deadline = std::chrono::system_clock::now() + kDrain;
  if (api_server_ != nullptr) api_server_->Shutdown(deadline);
  if (sync_server_ != nullptr) sync_server_->Shutdown(deadline);
  if (api_server_ != nullptr) api_server_->Wait();
  if (sync_server_ != nullptr) sync_server_->Wait();
  if (api_executor_ != nullptr) api_executor_->Shutdown();
  if (sync_executor_ != nullptr) sync_executor_->Shutdown();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServerApp>> ServerApp::Start(const ServerOptions& options) {
  TurnOffGrpcCompression();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto server = std::make_unique<DistrictServer>(options);
  if (absl::Status started = server->Start(); !started.ok()) return started;
  return server;
}

}  // namespace trellis
