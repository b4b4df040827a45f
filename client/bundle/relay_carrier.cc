#include "client/bundle/relay_carrier.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "client/bundle/relay_proof.h"

namespace trellis {
namespace {

constexpr std::chrono::seconds kLookEvery{2};

// The district has looked at it and will not take it, now or later.
bool IsRefusal(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsInvalidArgument(status) || absl::IsDataLoss(status) ||
         absl::IsFailedPrecondition(status);
}

}  // namespace

RelayCarrier::RelayCarrier(RelayShelf* shelf, BundleSigner signer,
                           std::function<std::shared_ptr<grpc::Channel>()> channel)
    : shelf_(shelf), signer_(std::move(signer)), channel_(std::move(channel)) {
  thread_ = std::thread([this] { Run(); });
}

RelayCarrier::~RelayCarrier() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  call_.Stop();
  thread_.join();
}

void RelayCarrier::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    CarryAll();
    lock.lock();
    wake_.wait_for(lock, kLookEvery, [this] { return stopping_; });
  }
}

void RelayCarrier::CarryAll() {
  for (const std::string& machine : shelf_->Waiting()) {
    const std::shared_ptr<grpc::Channel> channel = channel_();
    if (channel == nullptr) return;
    const absl::StatusOr<std::string> bundle = shelf_->Bundle(machine);
    if (!bundle.ok()) continue;
    const absl::StatusOr<sync::v1::HandOverProof> proof = MakeProof(signer_, *bundle);
    if (!proof.ok()) return;
    const absl::StatusOr<HandedOver> handed = call_.Run(channel, *proof, *bundle);
    absl::Status kept;
    if (handed.ok()) {
      spdlog::info("a neighbour's bundle of {} bytes was carried to the district", bundle->size());
      kept = shelf_->Answered(machine, *bundle, handed->receipt);
    } else if (IsRefusal(handed.status())) {
      spdlog::warn("the district refused a neighbour's bundle: {}", std::string(handed.status().message()));
      kept = shelf_->Refused(machine, *bundle, std::string(handed.status().message()));
    } else {
      spdlog::info("a neighbour's bundle could not be carried on yet: {}",
                   std::string(handed.status().message()));
    }
    if (!kept.ok()) spdlog::warn("{}", std::string(kept.message()));
  }
}

}  // namespace trellis
