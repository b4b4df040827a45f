#include "common/rpc/endpoint.h"

#include <fmt/format.h>

#include <charconv>

namespace trellis {

std::string Endpoint::ToString() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text) {
  const absl::Status wrong = absl::InvalidArgumentError(
      fmt::format("{} is no address: write HOST:PORT, such as 127.0.0.1:7443", text));
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return wrong;
  Endpoint endpoint;
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (error != std::errc() || end != port.data() + port.size() || port.empty()) return wrong;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!bracketed && host.find(':') != std::string_view::npos)) return wrong;
  endpoint.host = host;
  return endpoint;
}

}  // namespace trellis
