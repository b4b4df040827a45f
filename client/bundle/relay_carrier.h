// Carries on what neighbours handed over, whenever this machine is connected to the district's server itself.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "client/bundle/relay_call.h"
#include "client/bundle/relay_shelf.h"
#include "common/bundle/bundle_file.h"

namespace trellis {

// Thread-safe.
class RelayCarrier {
 public:
  // `channel` gives the connection to the server, null while there is none. `shelf` must outlive the object.
  RelayCarrier(RelayShelf* shelf, BundleSigner signer,
               std::function<std::shared_ptr<grpc::Channel>()> channel);
  ~RelayCarrier();

 private:
  void Run();
  void CarryAll();

  RelayShelf* const shelf_;
  const BundleSigner signer_;
  const std::function<std::shared_ptr<grpc::Channel>()> channel_;
  RelayCall call_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace trellis
