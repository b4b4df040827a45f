// Acknowledgements of single live writes, one for many: the first in a tick goes out at once, the next ones
// wait for the tick's end, for one that must not wait, or for more to be said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "common/session/messages.h"

namespace trellis::session {

class HeldAck {
 public:
  // Far below the least window, so that a sender never waits for what is held.
  static constexpr size_t kMostHeldBytes = 2 * 1024;

  // REQUIRES: Answer::may_wait.
  bool MayHold(size_t frame_bytes) const { return said_ && held_bytes_ + frame_bytes <= kMostHeldBytes; }
  // It answers those held before it too.
  void Hold(Ack ack, size_t frame_bytes) {
    ack_ = std::move(ack);
    held_bytes_ += frame_bytes;
  }
  std::optional<Ack> Take() {
    held_bytes_ = 0;
    return std::exchange(ack_, std::nullopt);
  }
  void Said() { said_ = true; }
  void Ticked() { said_ = false; }

 private:
  std::optional<Ack> ack_;
  size_t held_bytes_ = 0;
  bool said_ = false;  // since the last tick
};

}  // namespace trellis::session
