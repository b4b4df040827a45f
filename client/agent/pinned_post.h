// One HTTPS call to a server known by nothing but the hash of its key.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/link/http_proxy.h"
#include "common/identity/joining_code.h"

namespace trellis {

struct HttpReply {
  int status = 0;
  std::string body;
};

// POSTs JSON over TLS 1.3. Nothing is sent before the server has shown that it holds the key: a portal or an
// impostor gets no secret (FAILED_PRECONDITION). UNAVAILABLE if nothing answers. Blocks at most about
// `timeout` for each of connecting, shaking hands, sending and receiving.
absl::StatusOr<HttpReply> PostToPinnedServer(const std::string& host, uint16_t port,
                                             const KeyHash& server_key, std::string_view path,
                                             std::string_view json, std::chrono::seconds timeout,
                                             const std::optional<HttpProxy>& proxy = std::nullopt);

}  // namespace trellis
