#include "common/rpc/sync_call.h"

#include <utility>

#include "common/rpc/sync_reactor.h"
#include "trellis/sync/v1/sync.grpc.pb.h"

namespace trellis {
namespace {

using trellis::sync::v1::SyncRequest;
using trellis::sync::v1::SyncResponse;
using ClientReactor = grpc::ClientBidiReactor<SyncRequest, SyncResponse>;

class CallingReactor final : public SyncReactor<ClientReactor, SyncResponse, SyncRequest>, public SyncCall {
 public:
  CallingReactor(std::shared_ptr<grpc::Channel> channel, std::function<void(const grpc::Status&)> done)
      : channel_(std::move(channel)),
        stub_(trellis::sync::v1::SyncService::NewStub(channel_)),
        done_(std::move(done)) {}

  void Begin(std::shared_ptr<CallingReactor> self, const std::shared_ptr<SyncSession>& session) {
    self_ = self;
    session->Attach(std::move(self));
    SetSession(session);
    stub_->async()->Sync(&context_, this);
    AddHold();  // operations are started by the session's strand, outside of reactions
    StartCall();
    BeginReading();
    session->Start();
  }

  void Cancel() override { context_.TryCancel(); }

  void OnDone(const grpc::Status& status) override {
    session()->Ended();
    done_(status);
    // The last owner may go here, so nothing of this object is touched, nor any lock of it held, after it.
    std::shared_ptr<CallingReactor> last = std::move(self_);
  }

 protected:
  void FinishLocked() override {
    StartWritesDone();
    RemoveHold();
  }
  void CutLocked() override { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<trellis::sync::v1::SyncService::Stub> stub_;
  const std::function<void(const grpc::Status&)> done_;
  std::shared_ptr<CallingReactor> self_;  // until OnDone
};

}  // namespace

std::shared_ptr<SyncCall> SyncCall::Begin(std::shared_ptr<grpc::Channel> channel,
                                          const std::shared_ptr<SyncSession>& session,
                                          std::function<void(const grpc::Status& status)> done) {
  auto reactor = std::make_shared<CallingReactor>(std::move(channel), std::move(done));
  reactor->Begin(reactor, session);
  return reactor;
}

}  // namespace trellis
