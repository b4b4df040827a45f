// Which end of a session one is, and what it lets the other do with a scope.
#pragma once

#include <string>

namespace trellis {

enum class Side { kSite, kServer };

struct ScopeGrant {
  std::string scope;
  bool pull = true;  // the site reads it
  bool push = true;  // the site writes it
};

// Whether frames of the scope go out from, and come in to, this side.
inline bool MaySend(Side side, const ScopeGrant& grant) {
  return side == Side::kSite ? grant.push : grant.pull;
}
inline bool MayReceive(Side side, const ScopeGrant& grant) {
  return side == Side::kSite ? grant.pull : grant.push;
}

}  // namespace trellis
