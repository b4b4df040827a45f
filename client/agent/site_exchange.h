// What a site exchanges with its district, and how the two are told apart: the same for every connection and
// for every bundle.
#pragma once

#include <string>
#include <vector>

#include "client/agent/membership.h"
#include "common/exchange/exchange.h"

namespace trellis {

// `also`: sites held beside its own.
ExchangeConfig SiteExchange(const Membership& membership, const std::string& software,
                            const std::vector<std::string>& also = {});

}  // namespace trellis
