// The small HTTPS listener machines join through: POST /join, one call a connection. TLS 1.3 only. It is
// open to whoever can reach it, so everything about it is bounded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace trellis {

class JoinListener {
 public:
  static constexpr int kMaxConnections = 64;
  static constexpr int kMaxHeaderBytes = 8 * 1024;
  static constexpr int kMaxBodyBytes = 16 * 1024;
  static constexpr int kSecondsAConnection = 15;

  struct Options {
    std::string host;   // empty: it has no port of its own and takes what Take gives it
    uint16_t port = 0;  // 0: a free one
    std::string certificate_pem;
    std::string key_pem;
  };
  // `answer` turns the JSON of a request into that of the reply; it is called on the listener's one thread
  // and may block.
  using Answer = std::function<absl::StatusOr<std::string>(std::string_view json)>;

  // UNAVAILABLE if the address cannot be had.
  static absl::StatusOr<std::unique_ptr<JoinListener>> Start(const Options& options, Answer answer);
  // Ends open connections.
  virtual ~JoinListener() = default;
  virtual uint16_t port() const = 0;
  // Serves a connection that was accepted elsewhere, and owns it from now on. Thread-safe.
  virtual void Take(int fd) = 0;
};

}  // namespace trellis
