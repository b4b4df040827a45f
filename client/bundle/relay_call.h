// One HandOver, from the side that calls.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "trellis/sync/v1/bundle.pb.h"

namespace trellis {

struct HandedOver {
  trellis::sync::v1::HandOverStanding standing;
  std::string receipt;  // empty: none came
};

// Runs one call at a time. Stop is thread-safe.
class RelayCall {
 public:
  static constexpr std::chrono::minutes kTimeout{5};

  absl::StatusOr<HandedOver> Run(const std::shared_ptr<grpc::Channel>& channel,
                                 const trellis::sync::v1::HandOverProof& proof, std::string_view bundle);
  // Ends the call under way, and every later one.
  void Stop();

 private:
  std::mutex mutex_;
  grpc::ClientContext* under_way_ = nullptr;
  bool stopped_ = false;
};

}  // namespace trellis
