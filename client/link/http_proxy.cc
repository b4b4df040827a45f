#include "client/link/http_proxy.h"

#include <fmt/format.h>

#include <cstdlib>

namespace trellis {
namespace {

constexpr uint16_t kDefaultProxyPort = 80;

std::string FirstOf(const EnvironmentLookup& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::optional<std::string> value = environment(name); value.has_value() && !value->empty())
      return *value;
  }
  return {};
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// A list of host suffixes, as NO_PROXY holds.
bool IsExempt(std::string_view host, std::string_view list) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    std::string_view entry = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (entry == "*") return true;
    if (entry.starts_with('.')) entry.remove_prefix(1);
    if (entry.empty() || !host.ends_with(entry)) continue;
    if (host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.') return true;
  }
  return false;
}

absl::StatusOr<HttpProxy> ParseProxy(std::string_view text) {
  const absl::Status wrong = absl::InvalidArgumentError(
      "the proxy cannot be read: write HOST:PORT or http://HOST:PORT (proxies that are spoken to over TLS "
      "or SOCKS are not supported)");
  constexpr std::string_view kScheme = "http://";
  if (text.starts_with(kScheme)) text.remove_prefix(kScheme.size());
  if (text.find("://") != std::string_view::npos) return wrong;
  text = text.substr(0, text.find('/'));
  HttpProxy proxy;
  if (const size_t at = text.rfind('@'); at != std::string_view::npos) {
    proxy.credentials = text.substr(0, at);
    text = text.substr(at + 1);
  }
  absl::StatusOr<Endpoint> endpoint = ParseEndpoint(text);
  if (!endpoint.ok() && !text.empty() && text.find(':') == std::string_view::npos) {
    endpoint = Endpoint{std::string(text), kDefaultProxyPort};
  }
  if (!endpoint.ok()) return wrong;
  proxy.at = *std::move(endpoint);
  return proxy;
}

}  // namespace

std::string HttpProxy::Uri() const {
  return fmt::format("http://{}{}{}", credentials, credentials.empty() ? "" : "@", at.ToString());
}

EnvironmentLookup ProcessEnvironment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
}

absl::StatusOr<std::optional<HttpProxy>> ChooseProxy(std::string_view option,
                                                     const EnvironmentLookup& environment,
                                                     std::string_view server_host) {
  if (option == "none") return std::nullopt;
  if (!option.empty()) {
    absl::StatusOr<HttpProxy> proxy = ParseProxy(option);
    if (!proxy.ok()) return proxy.status();
    if (!proxy->credentials.empty()) {
      return absl::InvalidArgumentError(
          "a secret is never an argument: give a proxy with a password in the environment, as HTTPS_PROXY");
    }
    return *std::move(proxy);
  }
  const std::string found = FirstOf(environment, {"HTTPS_PROXY", "https_proxy"});
  if (found.empty() || IsLoopback(server_host)) return std::nullopt;
  if (IsExempt(server_host, FirstOf(environment, {"NO_PROXY", "no_proxy"}))) return std::nullopt;
  absl::StatusOr<HttpProxy> proxy = ParseProxy(found);
  if (!proxy.ok()) return proxy.status();
  return *std::move(proxy);
}

}  // namespace trellis
