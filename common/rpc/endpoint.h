// HOST:PORT as people write it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace trellis {

struct Endpoint {
  std::string host;  // an IPv6 address without its brackets
  uint16_t port = 0;

  std::string ToString() const;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// INVALID_ARGUMENT unless HOST:PORT, or [IPv6]:PORT.
absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text);

}  // namespace trellis
