#include "client/daemon_app.h"

#include <errno.h>
#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <utility>

#include "client/agent/membership.h"
#include "client/agent/site_exchange.h"
#include "client/agent/sync_agent.h"
#include "client/bundle/site_bundles.h"
#include "client/link/http_proxy.h"
#include "client/local_api/daemon_admin_service.h"
#include "client/local_api/local_owner.h"
#include "client/local_api/site_way.h"
#include "common/identity/private_file.h"
#include "common/replica/quarantine_retry.h"
#include "common/replica/store_folder.h"
#include "common/rpc/channel_settings.h"
#include "common/rpc/endpoint.h"
#include "common/service/attachments_service.h"
#include "common/service/documents_service.h"
#include "common/service/granted_sites.h"
#include "common/service/records_service.h"
#include "common/service/report_host.h"
#include "common/service/report_keeper.h"
#include "common/service/reports_service.h"
#include "common/service/rules_service.h"
#include "common/service/trace_service.h"

namespace trellis {
namespace {

// Site boxes are small.
constexpr int kSyncThreads = 2;
constexpr int kApiThreads = 4;
constexpr std::chrono::milliseconds kDrain{400};

std::vector<std::string> NoticesOf(const StoreFolder& store) {
  if (store.in_rescue()) {
    return {fmt::format(
        "The store was found behind what it had acknowledged: {} change(s) are missing here. What the server "
        "holds of them comes back with the next sync.",
        store.changes_lost())};
  }
  if (store.changes_reconciled() == 0) return {};
  return {fmt::format(
      "The store was found behind what it had acknowledged, by {} change(s). It has been compared with the "
      "server's since: what the server held of them is back.",
      store.changes_reconciled())};
}

// FAILED_PRECONDITION if the path cannot be a socket's, or somebody listens there.
absl::Status CheckSocketPath(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return absl::InvalidArgumentError(
        fmt::format("{} is too long for a socket (at most {} bytes)", path, sizeof address.sun_path - 1));
  }
  memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool answered = fd >= 0 && connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (fd >= 0) close(fd);
  if (answered)
    return absl::FailedPreconditionError(fmt::format("another program already listens on {}", path));
  return absl::OkStatus();
}

class SiteDaemon final : public DaemonApp {
 public:
  explicit SiteDaemon(DaemonOptions options) : options_(std::move(options)) {}
  ~SiteDaemon() override;

  absl::Status Start();
  std::string ReadyLine() const override {
    std::string line = fmt::format("ready socket={} site={}", options_.socket, membership_.site);
    if (!bundles_->relay_at().empty()) line += fmt::format(" relay={}", bundles_->relay_at());
    return line;
  }
  void Tick() override;

 private:
  absl::Status MoveServer();
  // Sites held beside the own one; none where that cannot be read just now.
  std::vector<std::string> AlsoHeld() const;
  absl::Status OpenStore();
  absl::Status MakeServices();
  absl::Status StartBundles(const ServiceShell& shell);
  absl::Status Listen();
  // For want of something that may be there by now: a newer program, a later record.
  void TryWhatIsSetAside();

  DaemonOptions options_;
  const SystemClock clock_;
  SystemRandom random_;
  Membership membership_;
  std::unique_ptr<StoreFolder> store_;
  std::unique_ptr<QuarantineRetry> set_aside_;
  std::unique_ptr<Executor> sync_executor_;
  std::unique_ptr<Executor> api_executor_;
  std::unique_ptr<SyncHub> hub_;
  std::unique_ptr<LocalOwner> owner_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<OwnCompleteness> completeness_;
  std::unique_ptr<ReportHost> report_host_;
  std::unique_ptr<ReportKeeper> report_keeper_;
  std::unique_ptr<RecordsServiceImpl> records_;
  std::unique_ptr<ReportsServiceImpl> reports_;
  std::unique_ptr<RulesServiceImpl> rules_;
  std::unique_ptr<DocumentsServiceImpl> documents_;
  std::unique_ptr<AttachmentsServiceImpl> attachments_;
  std::unique_ptr<SyncAgent> agent_;
  std::unique_ptr<DaemonAdminService> admin_;
  std::unique_ptr<SiteBundles> bundles_;
  std::unique_ptr<SiteWay> way_;
  std::unique_ptr<TraceServiceImpl> trace_;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::string> also_held_;
};

absl::Status SiteDaemon::Start() {
  absl::Status fit = CheckPrivateFolder(options_.data);
  if (!fit.ok() && !absl::IsNotFound(fit)) return fit;
  absl::StatusOr<Membership> membership = LoadMembership(SiteKeysFolder(options_.data));
  if (!membership.ok()) return membership.status();
  membership_ = *std::move(membership);
  if (absl::Status opened = OpenStore(); !opened.ok()) return opened;
  if (absl::Status moved = MoveServer(); !moved.ok()) return moved;
  if (absl::Status made = MakeServices(); !made.ok()) return made;
  return Listen();
}

// The certificates say who the server is, so its address may be anybody's word.
absl::Status SiteDaemon::MoveServer() {
  if (options_.server.empty() || options_.server == membership_.server) return absl::OkStatus();
  if (const absl::StatusOr<Endpoint> at = ParseEndpoint(options_.server); !at.ok()) return at.status();
  membership_.server = options_.server;
  return SaveMembership(SiteKeysFolder(options_.data), membership_);
}

absl::Status SiteDaemon::OpenStore() {
  StoreFolderOptions open;
  open.folder = options_.data;
  open.anchor_copy = options_.anchor_copy.empty() ? SiteKeysFolder(options_.data) : options_.anchor_copy;
  open.district_key = membership_.district_key;
  open.clock = &clock_;
  open.random = &random_;
  open.kinds = &KindRegistry::BuiltIn();
  absl::StatusOr<std::unique_ptr<StoreFolder>> store = StoreFolder::Open(open);
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  for (const std::string& notice : NoticesOf(*store_)) spdlog::warn("{}", notice);
  set_aside_ = std::make_unique<QuarantineRetry>(store_->replica(), &clock_,
                                                 [](const std::string&) { return ApplyOptions(); });
  TryWhatIsSetAside();
  return absl::OkStatus();
}

absl::Status SiteDaemon::MakeServices() {
  absl::StatusOr<HashKey> token_key = LoadTokenKey(store_->replica(), &random_);
  if (!token_key.ok()) return token_key.status();
  RecordStore records;
  records.replica = store_->replica();
  records.kinds = &KindRegistry::BuiltIn();
  records.clock = &clock_;
  records.own_site = membership_.site;
  records.district_key = membership_.district_key;
  records.token_key = *token_key;

  owner_ = std::make_unique<LocalOwner>(records, membership_);
  if (absl::Status read = owner_->Refresh(); !read.ok()) return read;
  authenticator_ =
      std::make_unique<LocalAuthenticator>([owner = owner_.get()] { return owner->Get(); }, nullptr);
  sync_executor_ = std::make_unique<Executor>(kSyncThreads);
  api_executor_ = std::make_unique<Executor>(kApiThreads);
  hub_ = std::make_unique<SyncHub>(store_->replica());
  const ServiceShell shell{authenticator_.get(), api_executor_.get()};
  completeness_ = std::make_unique<OwnCompleteness>(membership_.site, store_->replica(), &clock_,
                                                    [this] { return store_->in_rescue(); });
  report_host_ = std::make_unique<ReportHost>(records, completeness_.get());
  report_keeper_ = std::make_unique<ReportKeeper>(store_->replica(), report_host_.get());
  records_ = std::make_unique<RecordsServiceImpl>(records, shell);
  reports_ = std::make_unique<ReportsServiceImpl>(
      report_host_.get(), nullptr, SnapshotReader(records, SignedBy(membership_.authority)), shell);
  rules_ = std::make_unique<RulesServiceImpl>(records, shell);
  documents_ = std::make_unique<DocumentsServiceImpl>(
      DocumentsServiceImpl::Parts{.store = records,
                                  .shell = shell,
                                  .district = membership_.district_name,
                                  .authority_pem = membership_.authority,
                                  .sign = nullptr});
  attachments_ = std::make_unique<AttachmentsServiceImpl>(records, &records_->writer(), shell);
  const absl::StatusOr<Endpoint> server = ParseEndpoint(membership_.server);
  absl::StatusOr<std::optional<HttpProxy>> proxy =
      ChooseProxy(options_.proxy, ProcessEnvironment(), server.value_or(Endpoint()).host);
  if (!proxy.ok()) return proxy.status();
  if (proxy->has_value()) spdlog::info("sync goes through the proxy {}", (*proxy)->at.ToString());
  agent_ =
      std::make_unique<SyncAgent>(SyncAgent::Options{.membership = membership_,
                                                     .software = fmt::format("trellisd {}", kDaemonVersion),
                                                     .proxy = *std::move(proxy),
                                                     .keepalive = options_.keepalive,
                                                     .reconcile = store_->in_rescue(),
                                                     .also = [this] { return AlsoHeld(); },
                                                     .replica = store_->replica(),
                                                     .hub = hub_.get(),
                                                     .executor = sync_executor_.get(),
                                                     .clock = &clock_,
                                                     .random = &random_});
  admin_ = std::make_unique<DaemonAdminService>(
      DaemonAdminService::Parts{.store = records,
                                .agent = agent_.get(),
                                .shell = shell,
                                .membership = membership_,
                                .version = kDaemonVersion,
                                .notices = [this] { return NoticesOf(*store_); },
                                .folder = store_.get(),
                                .data = options_.data});
  if (absl::Status started = StartBundles(shell); !started.ok()) return started;
  way_ = std::make_unique<SiteWay>(store_->replica(), bundles_->end(), agent_.get(),
                                   SiteExchange(membership_, "").peer, membership_.site);
  trace_ = std::make_unique<TraceServiceImpl>(records, way_.get(), shell);
  return absl::OkStatus();
}

absl::Status SiteDaemon::StartBundles(const ServiceShell& shell) {
  absl::StatusOr<std::unique_ptr<SiteBundles>> bundles =
      SiteBundles::Start({.membership = membership_,
                          .data = options_.data,
                          .keys_folder = SiteKeysFolder(options_.data),
                          .software = fmt::format("trellisd {}", kDaemonVersion),
                          .in_rescue = store_->in_rescue(),
                          .replica = store_->replica(),
                          .clock = &clock_,
                          .shell = shell,
                          .agent = agent_.get(),
                          .relay_listen = options_.relay_listen,
                          .relay_via = options_.relay_via});
  if (!bundles.ok()) return bundles.status();
  bundles_ = *std::move(bundles);
  return absl::OkStatus();
}

absl::Status SiteDaemon::Listen() {
  options_.socket = std::filesystem::absolute(options_.socket).lexically_normal().string();
  if (absl::Status fit = CheckSocketPath(options_.socket); !fit.ok()) return fit;
  grpc::ServerBuilder builder;
  LimitListener(&builder);
  builder.AddListeningPort("unix:" + options_.socket, grpc::InsecureServerCredentials());
  builder.RegisterService(records_.get());
  builder.RegisterService(reports_.get());
  builder.RegisterService(rules_.get());
  builder.RegisterService(documents_.get());
  builder.RegisterService(attachments_.get());
  builder.RegisterService(admin_.get());
  builder.RegisterService(bundles_->service());
  builder.RegisterService(trace_.get());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || chmod(options_.socket.c_str(), 0600) != 0) {
    return absl::UnavailableError(fmt::format("cannot listen on {}: {}", options_.socket, strerror(errno)));
  }
  return absl::OkStatus();
}

std::vector<std::string> SiteDaemon::AlsoHeld() const {
  return GrantedSites(*store_->replica(), KindRegistry::BuiltIn(), membership_.site,
                      {membership_.account, membership_.account_name}, DayOf(clock_.WallMs()))
      .value_or(std::vector<std::string>());
}

void SiteDaemon::TryWhatIsSetAside() {
  const std::optional<RetryOutcome> outcome = set_aside_->Tick();
  if (!outcome.has_value()) return;
  spdlog::info("of {} record(s) set aside {} could be taken by now", outcome->tried, outcome->taken);
}

void SiteDaemon::Tick() {
  store_->Tick();
  TryWhatIsSetAside();
  if (std::vector<std::string> also = AlsoHeld(); also != also_held_) {
    also_held_ = std::move(also);
    agent_->Reconnect();
  }
  owner_->Refresh().IgnoreError();  // it is read again at the next tick
  if (store_->in_rescue() && AllVerifiedSince(agent_->Standing().exchange, store_->rescue_since_ms()) &&
      store_->FinishRescue().ok()) {
    spdlog::info("the store has been compared with the server's; the rescue is over");
  }
}

SiteDaemon::~SiteDaemon() {
  // Calls that wait for sync end with the agent, so it goes first.
  if (agent_ != nullptr) agent_->Stop();
  if (server_ != nullptr) {
    server_->Shutdown(std::chrono::system_clock::now() + kDrain);
    server_->Wait();
  }
  if (admin_ != nullptr) admin_->Shutdown();
  if (api_executor_ != nullptr) api_executor_->Shutdown();
  if (sync_executor_ != nullptr) sync_executor_->Shutdown();
}

}  // namespace

std::string SiteKeysFolder(const std::string& data) { return data + "/keys"; }

absl::StatusOr<std::unique_ptr<DaemonApp>> DaemonApp::Start(const DaemonOptions& options) {
  TurnOffGrpcCompression();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto daemon = std::make_unique<SiteDaemon>(options);
  if (absl::Status started = daemon->Start(); !started.ok()) return started;
  return daemon;
}

}  // namespace trellis
