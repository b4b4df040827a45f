#include "common/rpc/sync_service.h"

#include <grpc/grpc_security_constants.h>

#include <atomic>
#include <utility>

#include "common/rpc/error_reason.h"
#include "common/rpc/sync_reactor.h"

namespace trellis {
namespace {

using trellis::sync::v1::SyncRequest;
using trellis::sync::v1::SyncResponse;
using ServerReactor = grpc::ServerBidiReactor<SyncRequest, SyncResponse>;

PeerCertificate CertificateOf(const grpc::CallbackServerContext& context) {
  PeerCertificate certificate;
  const auto auth = context.auth_context();
  const auto pem = auth->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (!pem.empty()) certificate.pem.assign(pem.front().data(), pem.front().size());
  const auto uris = auth->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME);
  if (!uris.empty()) certificate.uri.assign(uris.front().data(), uris.front().size());
  return certificate;
}

// gRPC looks at the limit of metadata frame by frame, and lets some through.
constexpr size_t kMaxMetadataBytes = 16 * 1024;

bool MetadataFits(const grpc::CallbackServerContext& context) {
  size_t bytes = 0;
  for (const auto& [name, value] : context.client_metadata()) bytes += name.size() + value.size();
  return bytes <= kMaxMetadataBytes;
}

// Ends the call with a status.
class EndingReactor final : public ServerReactor {
 public:
  explicit EndingReactor(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

// Says good-bye and nothing else.
class RefusingReactor final : public ServerReactor {
 public:
  explicit RefusingReactor(const absl::Status& why) {
    auto* bye = farewell_.mutable_bye();
    bye->set_reason(std::string(why.message()));
    bye->set_fatal(why.code() == absl::StatusCode::kPermissionDenied);
    if (!bye->fatal())
      bye->set_retry_after_ms(static_cast<uint32_t>(RetryAfterOf(why).value_or(kComeBackMs)));
    StartWriteAndFinish(&farewell_, grpc::WriteOptions(), grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  SyncResponse farewell_;
};

class ServingReactor final : public SyncReactor<ServerReactor, SyncRequest, SyncResponse> {
 public:
  ServingReactor(grpc::CallbackServerContext* context, SyncGate* gate, SyncHub* hub)
      : context_(context), gate_(gate), hub_(hub) {}

  void Begin(std::shared_ptr<ServingReactor> self, const std::shared_ptr<SyncSession>& session) {
    self_ = self;
    session->Attach(std::move(self));
    SetSession(session);
    hub_->Add(session);
    BeginReading();
  }

  void OnCancel() override { Gone(/*readable=*/false); }

  void OnDone() override {
    hub_->Remove(session());
    session()->Ended();
    std::shared_ptr<ServingReactor> last = std::move(self_);
  }

 protected:
  void FinishLocked() override { Finish(grpc::Status::OK); }
  void CutLocked() override { context_->TryCancel(); }

  // An older session of the same store is a connection its site has given up: only the newest may go on.
  bool Accept(const SyncMessage& message) override {
    const auto* hello = std::get_if<Hello>(&message);
    if (hello == nullptr || boot_ != 0) return true;
    boot_ = hello->boot;
    for (const auto& other : hub_->OfPeer(session()->peer())) {
      if (other.get() != session() && other->boot() == hello->boot) {
        other->Dismiss(Bye{.reason = "a newer connection of the same store has taken over"});
      }
    }
    session()->set_boot(hello->boot);
    gate_->Opened(session()->peer(), *hello);
    return true;
  }

 private:
  grpc::CallbackServerContext* const context_;
  SyncGate* const gate_;
  SyncHub* const hub_;
  std::shared_ptr<ServingReactor> self_;  // until OnDone
  uint64_t boot_ = 0;
};

}  // namespace

SyncService::SyncService(SyncGate* gate, SyncHub* hub, Executor* executor, Replica* replica,
                         const Clock* clock)
    : gate_(gate), hub_(hub), executor_(executor), replica_(replica), clock_(clock) {}

ServerReactor* SyncService::Sync(grpc::CallbackServerContext* context) {
  if (!MetadataFits(*context)) {
    return new EndingReactor({grpc::StatusCode::RESOURCE_EXHAUSTED, "too much metadata"});
  }
  absl::StatusOr<Admission> admission = gate_->Admit(CertificateOf(*context));
  if (!admission.ok()) return new RefusingReactor(admission.status());
  auto session = std::make_shared<SyncSession>(executor_, replica_, clock_, std::move(admission->config),
                                               std::move(admission->observer));
  auto reactor = std::make_shared<ServingReactor>(context, gate_, hub_);
  ServingReactor* raw = reactor.get();
  raw->Begin(std::move(reactor), session);
  return raw;
}

}  // namespace trellis
