// The shape of every unary call: who calls is settled on the gRPC thread, the work runs on the executor, and
// the answer goes back with one status mapping.
#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "common/rpc/authenticator.h"
#include "common/rpc/executor.h"
#include "common/rpc/status_mapping.h"

namespace trellis {

// `work(principal)` answers absl::Status and fills the response; it may block. All must outlive the call.
template <typename Work>
grpc::ServerUnaryReactor* RunUnary(grpc::CallbackServerContext* context, const Authenticator& authenticator,
                                   Executor* executor, Work work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<Principal> principal = authenticator.Authenticate(*context);
  if (!principal.ok()) {
    reactor->Finish(ToGrpcStatus(principal.status()));
    return reactor;
  }
  const absl::Status taken =
      executor->Submit([reactor, principal = *std::move(principal), work = std::move(work)]() mutable {
        reactor->Finish(ToGrpcStatus(work(principal)));
      });
  if (!taken.ok()) reactor->Finish(ToGrpcStatus(taken));
  return reactor;
}

}  // namespace trellis
