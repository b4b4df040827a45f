#include "client/agent/site_exchange.h"

#include <fmt/format.h>

namespace trellis {

ExchangeConfig SiteExchange(const Membership& membership, const std::string& software,
                            const std::vector<std::string>& also) {
  ExchangeConfig config;
  config.side = Side::kSite;
  config.peer = fmt::format("district/{}", membership.district);
  config.store = membership.site;
  config.software = software;
  config.district_key = membership.district_key;
  config.scopes = {{.scope = "shared", .pull = true, .push = true},
                   {.scope = membership.site, .pull = true, .push = true},
                   {.scope = membership.site + "!up", .pull = false, .push = true}};
  for (const std::string& site : also) config.scopes.push_back({.scope = site, .pull = true, .push = true});
  return config;
}

}  // namespace trellis
