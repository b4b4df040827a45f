// One connection to a daemon or server, and what every call carries.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/settings.h"

namespace trellis {

class Connection {
 public:
  // FAILED_PRECONDITION if a file named in the settings cannot be read.
  static absl::StatusOr<Connection> Open(const Settings& settings);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // A context with the token and a deadline. timeout 0: none.
  std::unique_ptr<grpc::ClientContext> NewContext(std::chrono::milliseconds timeout) const;

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
};

// The whole of a file; "-" is standard input.
absl::StatusOr<std::string> ReadInput(const std::string& path);

}  // namespace trellis
