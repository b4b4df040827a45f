// The shell of a unary method: who is calling is found on the gRPC thread, the work is done on the pool.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "common/access/principal.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/executor.h"
#include "common/rpc/status_mapping.h"

namespace trellis {

// What every service is given. All must outlive it and the server it is registered with.
struct ServiceShell {
  const Authenticator* authenticator = nullptr;
  Executor* executor = nullptr;
};

// When a caller turned away by a full pool should come back.
inline constexpr int64_t kBusyRetryMs = 500;

// UNAVAILABLE and RESOURCE_EXHAUSTED of the pool, as a caller is told.
inline absl::Status AsBusy(const absl::Status& status) {
  absl::Status busy =
      status.code() == absl::StatusCode::kResourceExhausted
          ? ErrorWithReason(reason::kBusy, "Too many calls are waiting; try again in a moment")
          : status;
  SetRetryAfter(kBusyRetryMs, &busy);
  return busy;
}

// `work` fills the response, which gRPC keeps until the call is finished.
inline grpc::ServerUnaryReactor* RunUnary(const ServiceShell& shell, grpc::CallbackServerContext* context,
                                          std::function<absl::Status(const Principal&)> work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<Principal> principal = shell.authenticator->Authenticate(*context);
  if (!principal.ok()) {
    reactor->Finish(ToGrpcStatus(principal.status()));
    return reactor;
  }
  const absl::Status taken =
      shell.executor->Submit([reactor, principal = *std::move(principal), work = std::move(work)] {
        reactor->Finish(ToGrpcStatus(work(principal)));
      });
  if (!taken.ok()) reactor->Finish(ToGrpcStatus(AsBusy(taken)));
  return reactor;
}

}  // namespace trellis
