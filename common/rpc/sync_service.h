// The server's end of sync as a gRPC service. Who may come in, and with which scopes, is the gate's to say.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/exchange/exchange.h"
#include "common/rpc/executor.h"
#include "common/rpc/sync_hub.h"
#include "common/rpc/sync_session.h"
#include "trellis/sync/v1/sync.grpc.pb.h"

namespace trellis {

// What the peer's certificate says: nothing the peer itself claims.
struct PeerCertificate {
  std::string pem;
  std::string uri;
};

struct Admission {
  ExchangeConfig config;
  SyncSession::Observer observer;
};

// Thread-safe; called on a gRPC thread, so it does not block on disk.
class SyncGate {
 public:
  virtual ~SyncGate() = default;
  // PERMISSION_DENIED: refused for good, UNAVAILABLE and RESOURCE_EXHAUSTED: come back later, after
  // RetryAfterOf the status; the message is for the site's people.
  virtual absl::StatusOr<Admission> Admit(const PeerCertificate& certificate) = 0;
  // The store said which of its openings this is.
  virtual void Opened(const std::string& peer, const Hello& hello) = 0;
};

// When a site turned away for now should come back, if the gate does not say.
inline constexpr uint32_t kComeBackMs = 5'000;

class SyncService final : public trellis::sync::v1::SyncService::CallbackService {
 public:
  // All must outlive the service and the server it is registered with.
  SyncService(SyncGate* gate, SyncHub* hub, Executor* executor, Replica* replica, const Clock* clock);

  grpc::ServerBidiReactor<trellis::sync::v1::SyncRequest, trellis::sync::v1::SyncResponse>* Sync(
      grpc::CallbackServerContext* context) override;

 private:
  SyncGate* const gate_;
  SyncHub* const hub_;
  Executor* const executor_;
  Replica* const replica_;
  const Clock* const clock_;
};

}  // namespace trellis
