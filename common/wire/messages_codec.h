// Messages of a sync session to and from their protos. A message that names too much or lacks what it needs
// is INVALID_ARGUMENT, whatever sent it; fields and cases this version does not know are passed over, except
// that a message of no known case is refused.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/session/messages.h"

namespace trellis::sync::v1 {
class SyncRequest;
class SyncResponse;
}  // namespace trellis::sync::v1

namespace trellis {

// kUp: from the site, SyncRequest. kDown: from the server, SyncResponse.
enum class Direction { kUp, kDown };

// REQUIRES: no Welcome goes up and no Hello down.
void ToProto(const SyncMessage& message, trellis::sync::v1::SyncRequest* proto);
void ToProto(const SyncMessage& message, trellis::sync::v1::SyncResponse* proto);
absl::StatusOr<SyncMessage> FromProto(const trellis::sync::v1::SyncRequest& proto);
absl::StatusOr<SyncMessage> FromProto(const trellis::sync::v1::SyncResponse& proto);

// The same as bytes on the wire.
std::string EncodeMessage(const SyncMessage& message, Direction direction);
absl::StatusOr<SyncMessage> DecodeMessage(std::string_view bytes, Direction direction);

}  // namespace trellis
