// A site's daemon, wired together: the store, the local API on a unix socket, the sync agent.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/channel_settings.h"

namespace trellis {

struct DaemonOptions {
  std::string data;
  std::string socket;       // path
  std::string anchor_copy;  // folder; empty: the keys folder
  std::string server;       // HOST:PORT of sync, from now on; empty: as it was
  std::string proxy;        // HOST:PORT of an HTTP proxy; "none"; empty: as HTTPS_PROXY says
  Keepalive keepalive;
  std::string relay_listen;  // HOST:PORT to take neighbours' bundles at; empty: none are taken
  std::string relay_via;     // HOST:PORT of a neighbour that carries bundles; empty: none is asked
};

class DaemonApp {
 public:
  // Returns when the socket accepts; sync begins by itself.
  static absl::StatusOr<std::unique_ptr<DaemonApp>> Start(const DaemonOptions& options);
  // Lets calls finish for a moment, says good-bye to the server, closes the store.
  virtual ~DaemonApp() = default;

  // "ready socket=PATH site=SITE", and " relay=HOST:PORT" if neighbours are listened for
  virtual std::string ReadyLine() const = 0;
  // To be called about every second: what needs no request to happen.
  virtual void Tick() = 0;
};

// Names of the folders below the data folder.
std::string SiteKeysFolder(const std::string& data);

inline constexpr char kDaemonVersion[] = TRELLIS_VERSION;

}  // namespace trellis
