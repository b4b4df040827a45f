#include "common/session/protocol_window.h"

#include <algorithm>

#include "fmt/format.h"

namespace trellis::session {
namespace {

std::string VersionsOf(const ProtocolWindow& window) {
  if (window.oldest == window.newest) return fmt::format("{}", window.newest);
  return fmt::format("{} to {}", window.oldest, window.newest);
}

}  // namespace

std::optional<uint32_t> AgreeOnProtocol(const ProtocolWindow& a, const ProtocolWindow& b) {
  const uint32_t agreed = std::min(a.newest, b.newest);
  if (agreed < a.oldest || agreed < b.oldest) return std::nullopt;
  return agreed;
}

std::string NoCommonProtocol(const ProtocolWindow& site, const ProtocolWindow& server) {
  return fmt::format(
      "the site speaks sync protocol {}, the server {}: upgrade the {}; nothing is lost until then",
      VersionsOf(site), VersionsOf(server),
      site.newest < server.newest ? "site's trellisd" : "district's trellis-server");
}

}  // namespace trellis::session
