// One port for everything: looks at how each connection greets and hands it to the listener it is for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/endpoint.h"
#include "server/admission/client_hello.h"

namespace trellis {

class PortFront {
 public:
  static constexpr int kMostWaiting = 1'024;
  static constexpr int kSecondsToGreet = 10;

  // Takes over an accepted connection, of which nothing has been read. Called on the front's one thread.
  using Door = std::function<void(int fd)>;
  struct Options {
    Endpoint at;              // port 0: a free one
    std::string server_name;  // by which sites ask for sync
    Door sync;
    Door join;  // empty: not on this port
    Door api;   // empty: not on this port
  };
  // UNAVAILABLE if the address cannot be had.
  static absl::StatusOr<std::unique_ptr<PortFront>> Listen(Options options);
  virtual ~PortFront() = default;
  virtual uint16_t port() const = 0;
};

// Which of the doors, all of them there, the greeting asks for.
enum class DoorName { kSync, kJoin, kApi };
DoorName DoorOf(const ClientHello& hello, const std::string& server_name);

}  // namespace trellis
