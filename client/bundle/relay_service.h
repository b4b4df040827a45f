// The neighbour's end of a relay: takes sealed bundles of other sites and gives back receipts.
#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "client/bundle/relay_shelf.h"
#include "common/rpc/executor.h"
#include "trellis/sync/v1/bundle.grpc.pb.h"

namespace trellis {

class RelayServiceImpl final : public trellis::sync::v1::RelayService::CallbackService {
 public:
  // All must outlive the service.
  RelayServiceImpl(RelayShelf* shelf, Executor* executor, std::string district, std::string authority_pem)
      : shelf_(shelf),
        executor_(executor),
        district_(std::move(district)),
        authority_pem_(std::move(authority_pem)) {}

  grpc::ServerBidiReactor<trellis::sync::v1::HandOverRequest, trellis::sync::v1::HandOverResponse>* HandOver(
      grpc::CallbackServerContext* context) override;

 private:
  absl::StatusOr<std::vector<trellis::sync::v1::HandOverResponse>> Answer(
      const trellis::sync::v1::HandOverProof& proof, const std::string& bundle) const;

  RelayShelf* const shelf_;
  Executor* const executor_;
  const std::string district_;
  const std::string authority_pem_;
};

}  // namespace trellis
