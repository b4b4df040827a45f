// The site's end of one sync call.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>

#include "common/rpc/sync_session.h"

namespace trellis {

// One call on one channel, made and thrown away with its session. Thread-safe.
class SyncCall {
 public:
  // Opens the call and lets the session speak. `done` is called once, on a gRPC thread, when nothing of the
  // call is left; the session has then been told that it ended.
  static std::shared_ptr<SyncCall> Begin(std::shared_ptr<grpc::Channel> channel,
                                         const std::shared_ptr<SyncSession>& session,
                                         std::function<void(const grpc::Status& status)> done);
  virtual ~SyncCall() = default;
  // Ends the call at once; `done` follows.
  virtual void Cancel() = 0;
};

}  // namespace trellis
