// Frames of a wished size: asks the replica for records and packs them, smaller if they came out too large.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/exchange/exchange.h"
#include "common/session/step.h"

namespace trellis {

// Learns how far records shrink in a frame, so that bodies come out at the size asked for. Not thread-safe.
class FrameBuilder {
 public:
  // `vouch`: at the server.
  FrameBuilder(Replica* replica, const FrameCodec* codec, std::optional<WriterRule> vouch)
      : replica_(replica), codec_(codec), vouch_(std::move(vouch)) {}

  absl::StatusOr<session::FrameBuilt> Build(const session::BuildFrame& wish, uint64_t dictionary);
  absl::StatusOr<session::RepairBuilt> BuildRepair(const session::BuildRepair& wish, uint64_t dictionary);

 private:
  void Learn(size_t state_bytes, size_t body_bytes);

  Replica* replica_;
  const FrameCodec* codec_;
  const std::optional<WriterRule> vouch_;
  double shrinkage_ = 1;  // state bytes per body byte, as of late
};

}  // namespace trellis
