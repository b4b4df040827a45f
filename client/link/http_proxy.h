// The HTTP proxy between a site and its server, if there is one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/rpc/endpoint.h"

namespace trellis {

struct HttpProxy {
  Endpoint at;
  std::string credentials;  // user:password as they stand in the URL; empty: none

  // For gRPC: http://user:password@HOST:PORT.
  std::string Uri() const;
};

using EnvironmentLookup = std::function<std::optional<std::string>(const char* name)>;
EnvironmentLookup ProcessEnvironment();

// `option` is what the person said: HOST:PORT or http://HOST:PORT, "none" for no proxy, empty to go by
// HTTPS_PROXY and NO_PROXY (either case; suffixes, `*`). Without an option, loopback is never reached by a
// proxy. INVALID_ARGUMENT if it cannot be read, or if it is an option that holds a password.
absl::StatusOr<std::optional<HttpProxy>> ChooseProxy(std::string_view option,
                                                     const EnvironmentLookup& environment,
                                                     std::string_view server_host);

}  // namespace trellis
