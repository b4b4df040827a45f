// The protocol versions one end speaks, and what two ends make of each other's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/session/messages.h"

namespace trellis {

// Inclusive. A release speaks its own version and the one before it, so that either end may be upgraded
// first.
struct ProtocolWindow {
  uint32_t oldest = kOldestSyncProtocolVersion;
  uint32_t newest = kSyncProtocolVersion;
  friend bool operator==(const ProtocolWindow&, const ProtocolWindow&) = default;
};

namespace session {

// The newest version both speak; nullopt if there is none.
std::optional<uint32_t> AgreeOnProtocol(const ProtocolWindow& a, const ProtocolWindow& b);

// For people at either end, where there is none: what each speaks, and which of the two to upgrade.
std::string NoCommonProtocol(const ProtocolWindow& site, const ProtocolWindow& server);

}  // namespace session
}  // namespace trellis
