// Whose writes a peer may send, and what is vouched for on the way down to it (README.md, Forgery).
#pragma once

#include <string>

#include "common/causal/voucher.h"

namespace trellis {

// At the server, for one peer.
struct WriterRule {
  VoucherKey key{};
  std::string owner;  // the site its certificate names
};

}  // namespace trellis
