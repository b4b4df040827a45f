#include "client/agent/site_exchange.h"

#include <fmt/format.h>

namespace trellis {

ExchangeConfig SiteExchange(const Membership& membership, const std::string& software) {
  ExchangeConfig config;
  config.side = Side::kSite;
  config.peer = fmt::format("district/{}", membership.district);
  config.store = membership.site;
  config.software = software;
  config.district_key = membership.district_key;
  config.scopes = {{.scope = "shared", .pull = true, .push = true},
                   {.scope = membership.site, .pull = true, .push = true},
                   {.scope = membership.site + "!up", .pull = false, .push = true}};
  return config;
}

}  // namespace trellis
