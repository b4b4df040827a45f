// How much of one direction may be under way: the window, the frame size, the receiver's credit.
#pragma once

#include <cstddef>
#include <cstdint>

namespace trellis {

// What a connection begins with, and what is kept from one to the next.
struct FlowLimits {
  static constexpr size_t kMinBytes = 4 * 1024;
  static constexpr size_t kMaxFrameBytes = 64 * 1024;
  static constexpr size_t kMaxWindowBytes = 128 * 1024;

  size_t frame_bytes = kMinBytes;
  size_t window_bytes = 64 * 1024;
};

// After a cut both are half as large.
FlowLimits AfterCut(FlowLimits limits);

// Counts bytes of frame bodies. Value type.
class Flow {
 public:
  explicit Flow(FlowLimits limits);

  void SetCredit(uint64_t credit_bytes) { credit_bytes_ = credit_bytes; }
  // What may still be sent before anything is acknowledged.
  size_t Room() const;
  size_t frame_bytes() const { return limits_.frame_bytes; }
  // The least room that is worth a frame: half of one.
  size_t WorthAFrame() const;
  size_t unacknowledged() const { return unacknowledged_; }
  uint64_t sent() const { return sent_; }
  const FlowLimits& limits() const { return limits_; }

  // Frames double from one to the next.
  void OnSent(size_t bytes);
  // A clean acknowledgement (nothing nacked or put off) opens the window a little.
  void OnAcknowledged(size_t bytes, bool clean);

 private:
  FlowLimits limits_;
  uint64_t credit_bytes_ = UINT64_MAX;
  size_t unacknowledged_ = 0;
  uint64_t sent_ = 0;
};

}  // namespace trellis
