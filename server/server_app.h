// A district's server, wired together: the store, sync, the API, joining, the control socket.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/admission/admission_queue.h"

namespace trellis {

struct ServerOptions {
  std::string data;
  // HOST:PORT each. Those that are the same as `sync` (its port not 0) share its port.
  std::string sync;
  std::string join;               // empty: the sync host, the port of last time or a free one
  std::string api;                // empty: no API listener
  std::string public_host;        // what joining codes name; empty: the join host
  std::string nightly = "02:00";  // when cycle reports are frozen each night, UTC; or "off"
  int catching_up_at_once = AdmissionQueue::kPlaces;
};

class ServerApp {
 public:
  // Returns when every listener accepts.
  static absl::StatusOr<std::unique_ptr<ServerApp>> Start(const ServerOptions& options);
  // Says good-bye to sites, lets calls finish for a moment, closes the store.
  virtual ~ServerApp() = default;

  // Where it listens: "ready sync=HOST:PORT join=HOST:PORT api=HOST:PORT".
  virtual std::string ReadyLine() const = 0;
  // To be called about every second: what needs no request to happen.
  virtual void Tick() = 0;
};

inline constexpr char kServerVersion[] = TRELLIS_VERSION;

}  // namespace trellis
