#include "client/bundle/relay_call.h"

#include <algorithm>

#include "common/bundle/bundle.h"
#include "common/rpc/status_mapping.h"
#include "common/rpc/transfer_call.h"
#include "trellis/sync/v1/bundle.grpc.pb.h"

namespace trellis {

using sync::v1::HandOverRequest;
using sync::v1::HandOverResponse;

absl::StatusOr<HandedOver> RelayCall::Run(const std::shared_ptr<grpc::Channel>& channel,
                                          const sync::v1::HandOverProof& proof, std::string_view bundle) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kTimeout);
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return absl::CancelledError("the daemon is stopping");
    under_way_ = &context;
  }
  const auto stub = sync::v1::RelayService::NewStub(channel);
  const auto stream = stub->HandOver(&context);
  HandOverRequest first;
  *first.mutable_proof() = proof;
  bool writing = true;
  for (const HandOverRequest& part : InParts(std::move(first), bundle)) {
    if (writing) writing = stream->Write(part);  // a call that ended says why at Finish
  }
  stream->WritesDone();
  HandedOver handed;
  HandOverResponse part;
  absl::Status taken;
  while (stream->Read(&part)) {
    if (part.has_standing()) handed.standing = part.standing();
    if (taken.ok()) taken = AppendPart(part.data(), kMostBundleFileBytes, &handed.receipt);
  }
  const grpc::Status status = stream->Finish();
  {
    std::lock_guard lock(mutex_);
    under_way_ = nullptr;
  }
  if (!status.ok()) return FromGrpcStatus(status);
  if (!taken.ok()) return taken;
  return handed;
}

void RelayCall::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  if (under_way_ != nullptr) under_way_->TryCancel();
}

}  // namespace trellis
