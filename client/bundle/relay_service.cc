#include "client/bundle/relay_service.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

#include "client/bundle/relay_proof.h"
#include "common/bundle/bundle.h"
#include "common/rpc/transfer_call.h"

namespace trellis {

using sync::v1::HandOverProof;
using sync::v1::HandOverRequest;
using sync::v1::HandOverResponse;

grpc::ServerBidiReactor<HandOverRequest, HandOverResponse>* RelayServiceImpl::HandOver(
    grpc::CallbackServerContext*) {
  struct Incoming {
    HandOverProof proof;
    std::string bundle;
  };
  auto incoming = std::make_shared<Incoming>();
  return new TransferCall<HandOverRequest, HandOverResponse>(
      executor_,
      [incoming](HandOverRequest* part) {
        if (!part->has_proof()) return AppendPart(part->data(), kMostBundleFileBytes, &incoming->bundle);
        incoming->proof = part->proof();
        return absl::OkStatus();
      },
      [incoming, this] { return Answer(incoming->proof, incoming->bundle); });
}

absl::StatusOr<std::vector<HandOverResponse>> RelayServiceImpl::Answer(const HandOverProof& proof,
                                                                       const std::string& bundle) const {
  const absl::StatusOr<std::string> machine = CheckProof(proof, bundle, district_, authority_pem_);
  if (!machine.ok()) return machine.status();
  if (!bundle.empty()) {
    if (absl::Status kept = shelf_->Put(*machine, bundle); !kept.ok()) return kept;
    spdlog::info("a neighbour handed over a bundle of {} bytes", bundle.size());
  }
  absl::StatusOr<RelayShelf::Standing> standing = shelf_->Look(*machine);
  if (!standing.ok()) return standing.status();
  HandOverResponse response;
  response.mutable_standing()->set_waiting(standing->waiting);
  response.mutable_standing()->set_sentence(
      !standing->refusal.empty() ? fmt::format("the district refused the bundle: {}", standing->refusal)
      : standing->waiting        ? "the bundle waits until this machine meets the district's server"
                                 : "nothing waits");
  const bool news = !standing->receipt.empty() && HashOfFile(standing->receipt) != proof.receipt_seen();
  return InParts(std::move(response), news ? std::string_view(standing->receipt) : std::string_view());
}

}  // namespace trellis
