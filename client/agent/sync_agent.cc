#include "client/agent/sync_agent.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "client/agent/site_exchange.h"
#include "common/exchange/receipt.h"
#include "common/identity/keys.h"
#include "common/identity/signature.h"
#include "common/rpc/endpoint.h"

namespace trellis {
namespace {

constexpr char kPausedKey[] = "sync-paused";
constexpr std::chrono::milliseconds kStep{1'000};
constexpr std::chrono::milliseconds kGoodbye{2'000};

// Grows whenever something moved.
uint64_t MovementOf(const ExchangeStatus& status) {
  uint64_t sum = status.welcomed ? 1 : 0;
  sum += status.bytes_sent - std::min(status.bytes_sent, status.bytes_unacknowledged);
  for (const ScopeProgress& scope : status.scopes) {
    sum += scope.pushed + scope.pulled + static_cast<uint64_t>(scope.verified_at_ms);
  }
  return sum;
}

// What a new connection has not said yet; progress stays as last known.
void ForgetEnding(ExchangeStatus* status) {
  status->welcomed = false;
  status->closed = false;
  status->close_reason.clear();
  status->retry_after_ms = 0;
  status->fatal = false;
}

std::string WordsOf(const grpc::Status& status) {
  if (status.ok()) return "the server ended the connection";
  return fmt::format("the server was not reached ({})", status.error_message());
}

}  // namespace

struct SyncAgent::Connection {
  std::shared_ptr<SyncSession> session;
  std::shared_ptr<grpc::Channel> channel;
  std::shared_ptr<SyncCall> call;
  int64_t begun_ms = 0;  // steady
  int64_t moved_ms = 0;  // steady
  uint64_t movement = 0;
  bool abandoned = false;  // by us, in good order
  bool done = false;       // nothing of the call is left
  bool ended = false;      // and the session has said its last to us
  grpc::Status end;

  bool over() const { return done && ended; }
};

SyncAgent::SyncAgent(Options options) : options_(std::move(options)), reconcile_(options_.reconcile) {
  const absl::StatusOr<std::optional<std::string>> paused = options_.replica->GetMeta(kPausedKey);
  paused_ = paused.ok() && paused->has_value() && **paused == "1";
  UpdateWord();
  thread_ = std::thread([this] { Run(); });
}

SyncAgent::~SyncAgent() { Stop(); }

void SyncAgent::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SyncAgent::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (paused_) {
      changed_.wait(lock, [this] { return stopping_ || !paused_; });
      continue;
    }
    reconnect_ = false;
    RunConnection(&lock);
    if (stopping_ || paused_ || reconnect_) continue;
    WaitForNextAttempt(&lock, backoff_.Next(options_.random, standing_.exchange.retry_after_ms, refused_));
  }
}

void SyncAgent::WaitForNextAttempt(std::unique_lock<std::mutex>* lock, int64_t wait_ms) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  standing_.next_attempt_ms = options_.clock->WallMs() + wait_ms;
  while (std::chrono::steady_clock::now() < until) {
    changed_.wait_until(*lock, std::min(until, std::chrono::steady_clock::now() + kStep),
                        [this] { return stopping_ || paused_ || reconnect_; });
    if (stopping_ || paused_ || reconnect_) break;
    if (suspends_.Woke(options_.clock->WallMs(), options_.clock->SteadyMs())) {
      backoff_.Reset();
      break;
    }
  }
  standing_.next_attempt_ms = 0;
}

void SyncAgent::RunConnection(std::unique_lock<std::mutex>* lock) {
  auto connection = std::make_shared<Connection>();
  connection_ = connection;
  ForgetEnding(&standing_.exchange);
  const bool reconcile = reconcile_;
  lock->unlock();
  Begin(connection, reconcile);
  lock->lock();
  while (!connection->over()) {
    changed_.wait_for(*lock, kStep);
    if (connection->over()) break;
    if (suspends_.Woke(options_.clock->WallMs(), options_.clock->SteadyMs())) reconnect_ = true;
    const bool leave = stopping_ || paused_ || reconnect_;
    if (!leave && !Stuck(connection.get(), options_.clock->SteadyMs())) continue;
    const std::shared_ptr<SyncCall> call = connection->call;
    const std::shared_ptr<SyncSession> session = connection->session;
    if (leave) {
      connection->abandoned = true;
      lock->unlock();
      session->Dismiss(Bye{.reason = "the site leaves for now"});
      lock->lock();
      changed_.wait_for(*lock, kGoodbye, [&] { return connection->over(); });
    }
    lock->unlock();
    call->Cancel();
    lock->lock();
    changed_.wait(*lock, [&] { return connection->over(); });
  }
  Finish(*connection);
  const bool unanswered = !connection->abandoned && !standing_.exchange.welcomed && !refused_ &&
                          standing_.exchange.close_reason.empty();
  connection_ = nullptr;
  connection->session = nullptr;  // whose observer holds the connection
  connection->call = nullptr;
  UpdateWord();
  changed_.notify_all();
  if (unanswered) ExplainSilence(lock);
}

void SyncAgent::ExplainSilence(std::unique_lock<std::mutex>* lock) {
  lock->unlock();
  const LinkDiagnosis diagnosis = Diagnose();
  lock->lock();
  if (diagnosis.clear() || stopping_) return;
  standing_.last_error = diagnosis.Problem();
  spdlog::info("sync not reached: {}", standing_.last_error);
}

LinkDiagnosis SyncAgent::Diagnose() const {
  const Membership& membership = options_.membership;
  const absl::StatusOr<Endpoint> server = ParseEndpoint(membership.server);
  const absl::StatusOr<CertificateFacts> own = ReadCertificate(membership.certificate);
  LinkProbe probe{.server = server.value_or(Endpoint()),
                  .proxy = options_.proxy,
                  .authority_pem = membership.authority,
                  .server_name = ServerName(membership.district)};
  const LinkFindings findings = ProbeLink(probe, Patience::For(kProbe, [this] { return stopping_.load(); }));
  CertificateTime time;
  if (own.ok()) time = {.not_before_ms = own->not_before_ms, .not_after_ms = own->not_after_ms};
  return DiagnoseLink(findings, time, options_.clock->WallMs());
}

void SyncAgent::Begin(const std::shared_ptr<Connection>& connection, bool reconcile) {
  const Membership& membership = options_.membership;
  ExchangeConfig config = SiteExchange(membership, options_.software,
                                       options_.also ? options_.also() : std::vector<std::string>());
  config.reconcile = reconcile;
  config.is_signed = [authority = membership.authority](std::string_view statement,
                                                        std::string_view signature) {
    return CheckSignature(authority, ReceiptText(statement), signature).ok();
  };
  config.frame_bytes = limits_.frame_bytes;
  config.window_bytes = limits_.window_bytes;
  auto observer = [this, connection](const ExchangeStatus& status, bool ended) {
    std::lock_guard lock(mutex_);
    connection->ended = ended;
    standing_.exchange = status;
    if (status.welcomed && !status.closed) standing_.last_error.clear();
    const uint64_t movement = MovementOf(status);
    if (movement != connection->movement) {
      connection->movement = movement;
      connection->moved_ms = options_.clock->SteadyMs();
      standing_.last_contact_ms = options_.clock->WallMs();
    }
    UpdateWord();
    changed_.notify_all();
  };
  auto session = std::make_shared<SyncSession>(options_.executor, options_.replica, options_.clock,
                                               std::move(config), std::move(observer));
  {
    std::lock_guard lock(mutex_);
    connection->session = session;
    resends_.BeginConnection();
    connection->channel = MakeChannel();
    connection->begun_ms = connection->moved_ms = options_.clock->SteadyMs();
  }
  session->SetTap([this](const SyncMessage& message, bool outgoing) {
    std::lock_guard lock(mutex_);
    outgoing ? resends_.OnSent(message) : resends_.OnReceived(message);
    standing_.resent_bytes = resends_.resent_bytes();
  });
  options_.hub->Add(session);
  auto call = SyncCall::Begin(connection->channel, session, [this, connection](const grpc::Status& status) {
    std::lock_guard lock(mutex_);
    connection->end = status;
    connection->done = true;
    changed_.notify_all();
  });
  std::lock_guard lock(mutex_);
  connection->call = std::move(call);
}

std::shared_ptr<grpc::Channel> SyncAgent::MakeChannel() const {
  const Membership& membership = options_.membership;
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = membership.authority;
  tls.pem_private_key = membership.private_key;
  tls.pem_cert_chain = membership.certificate;
  grpc::ChannelArguments arguments =
      SyncChannelArguments(options_.keepalive, options_.proxy.has_value() ? options_.proxy->Uri() : "");
  // Whatever address the server is reached by, it is the holder of this name under the district's authority.
  arguments.SetSslTargetNameOverride(ServerName(membership.district));
  return grpc::CreateCustomChannel(membership.server, grpc::SslCredentials(tls), arguments);
}

bool SyncAgent::Stuck(Connection* connection, int64_t steady_ms) const {
  const ExchangeStatus& status = standing_.exchange;
  if (!status.welcomed) return steady_ms - connection->begun_ms > kWelcomeMs;
  if (AllCrossed(status)) {
    connection->moved_ms = steady_ms;  // nothing to move
    return false;
  }
  return steady_ms - connection->moved_ms > kWatchdogMs;
}

void SyncAgent::Finish(const Connection& connection) {
  options_.hub->Remove(connection.session.get());
  const ExchangeStatus& status = standing_.exchange;
  refused_ = status.fatal;
  standing_.last_error = !status.close_reason.empty() ? status.close_reason : WordsOf(connection.end);
  standing_.sent_bytes += status.bytes_sent;
  limits_ = {.frame_bytes = connection.session->frame_bytes(),
             .window_bytes = connection.session->window_bytes()};
  if (status.bytes_unacknowledged > 0) {
    ++standing_.cuts;
    standing_.resent_bound_bytes += limits_.window_bytes;
    limits_ = AfterCut(limits_);
  }
  if (status.welcomed) {
    backoff_.Reset();
    reconcile_ = false;  // the cursors of this run are good
    if (!connection.abandoned) spdlog::info("sync ended: {}", standing_.last_error);
  } else if (!connection.abandoned) {
    spdlog::debug("sync not reached: {}", standing_.last_error);  // explained below, where it can be
  }
  standing_.exchange.bytes_sent = 0;
  standing_.exchange.bytes_unacknowledged = 0;
}

void SyncAgent::UpdateWord() {
  const bool connected = connection_ != nullptr && standing_.exchange.welcomed && !standing_.exchange.closed;
  const bool was_connected = standing_.word == SyncWord::kSynced || standing_.word == SyncWord::kWorking;
  if (connected != was_connected) standing_.since_ms = options_.clock->WallMs();
  if (paused_) {
    standing_.word = SyncWord::kPaused;
  } else if (connected) {
    standing_.word = AllCrossed(standing_.exchange) ? SyncWord::kSynced : SyncWord::kWorking;
  } else {
    standing_.word = refused_ ? SyncWord::kRefused : SyncWord::kOffline;
  }
}

std::shared_ptr<grpc::Channel> SyncAgent::LiveChannel() const {
  std::lock_guard lock(mutex_);
  return connection_ != nullptr && standing_.exchange.welcomed && !standing_.exchange.closed
             ? connection_->channel
             : nullptr;
}

SyncStanding SyncAgent::Standing() const {
  std::lock_guard lock(mutex_);
  SyncStanding standing = standing_;
  standing.sent_bytes += standing_.exchange.bytes_sent;
  return standing;
}

absl::Status SyncAgent::Pause() {
  if (absl::Status kept = options_.replica->PutMeta(kPausedKey, "1"); !kept.ok()) return kept;
  std::lock_guard lock(mutex_);
  paused_ = true;
  changed_.notify_all();
  return absl::OkStatus();
}

absl::Status SyncAgent::Resume() {
  if (absl::Status kept = options_.replica->PutMeta(kPausedKey, "0"); !kept.ok()) return kept;
  std::lock_guard lock(mutex_);
  paused_ = false;
  UpdateWord();
  changed_.notify_all();
  return absl::OkStatus();
}

void SyncAgent::Reconnect() {
  const std::lock_guard lock(mutex_);
  reconnect_ = connection_ != nullptr;
  changed_.notify_all();
}

absl::Status SyncAgent::SyncNow(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  if (paused_) return absl::FailedPreconditionError("sync is paused; resume it first");
  const int64_t asked_ms = options_.clock->WallMs();
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  backoff_.Reset();
  // First everything under way; then a fresh connection, since an old one may not have told yet what the
  // server has just stored.
  const bool idle = connection_ == nullptr || AllCrossed(standing_.exchange);
  const bool crossed = idle || WaitUntil(&lock, deadline, [this] { return AllCrossed(standing_.exchange); });
  bool verified = false;
  if (crossed) {
    reconnect_ = true;
    changed_.notify_all();
    verified = WaitUntil(&lock, deadline, [&] { return AllVerifiedSince(standing_.exchange, asked_ms); });
  }
  if (verified) return absl::OkStatus();
  if (stopping_) return absl::UnavailableError("the daemon is stopping");
  if (paused_) return absl::FailedPreconditionError("sync was paused meanwhile");
  if (refused_)
    return absl::PermissionDeniedError(fmt::format("the server refused: {}", standing_.last_error));
  if (connection_ == nullptr || !standing_.exchange.welcomed) {
    return absl::UnavailableError(fmt::format("not connected: {}", standing_.last_error));
  }
  return absl::DeadlineExceededError(SentenceOf(standing_, options_.clock->WallMs()));
}

bool SyncAgent::WaitUntil(std::unique_lock<std::mutex>* lock, std::chrono::steady_clock::time_point deadline,
                          const std::function<bool()>& reached) {
  const auto good = [&] { return connection_ != nullptr && !reconnect_ && reached(); };
  changed_.wait_until(*lock, deadline, [&] {
    return stopping_ || paused_ || (refused_ && connection_ == nullptr && !reconnect_) || good();
  });
  return !stopping_ && !paused_ && good();
}

}  // namespace trellis
