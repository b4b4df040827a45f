#include "common/session/flow.h"

#include <algorithm>

#include "common/time/planted.h"

namespace trellis {
namespace {

// A window that opens by this for each clean acknowledgement is at its widest after one window's worth of
// small frames.
constexpr size_t kWindowStepBytes = 4 * 1024;

FlowLimits Clamped(FlowLimits limits) {
  limits.frame_bytes = std::clamp(limits.frame_bytes, FlowLimits::kMinBytes, FlowLimits::kMaxFrameBytes);
  limits.window_bytes = std::clamp(limits.window_bytes, FlowLimits::kMinBytes, FlowLimits::kMaxWindowBytes);
  return limits;
}

}  // namespace

FlowLimits AfterCut(FlowLimits limits) { return Clamped({limits.frame_bytes / 2, limits.window_bytes / 2}); }

Flow::Flow(FlowLimits limits) : limits_(Clamped(limits)) {}

size_t Flow::Room() const {
  if (Planted(Fault::kWindowNotEnforced)) return FlowLimits::kMaxFrameBytes;
  const uint64_t window = std::min<uint64_t>(limits_.window_bytes, credit_bytes_);
  return window > unacknowledged_ ? window - unacknowledged_ : 0;
}

size_t Flow::WorthAFrame() const {
  return std::min<uint64_t>({limits_.frame_bytes, limits_.window_bytes, credit_bytes_}) / 2;
}

void Flow::OnSent(size_t bytes) {
  unacknowledged_ += bytes;
  sent_ += bytes;
  limits_.frame_bytes = std::min(limits_.frame_bytes * 2, FlowLimits::kMaxFrameBytes);
}

void Flow::OnAcknowledged(size_t bytes, bool clean) {
  unacknowledged_ -= std::min(bytes, unacknowledged_);
  if (clean) {
    limits_.window_bytes = std::min(limits_.window_bytes + kWindowStepBytes, FlowLimits::kMaxWindowBytes);
  }
}

}  // namespace trellis
