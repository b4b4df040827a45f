// Notices that the machine slept: the wall clock went on, the steady clock did not. A connection from before
// is dead, though it looks alive.
#pragma once

#include <cstdint>

namespace trellis {

// Value type. A wall clock set forward looks the same, and costs one connection.
class SuspendWatch {
 public:
  static constexpr int64_t kLeastMs = 60'000;

  // True once for each sleep of kLeastMs or more. To be asked every second or so.
  bool Woke(int64_t wall_ms, int64_t steady_ms) {
    const int64_t apart = wall_ms - steady_ms;
    const bool woke = known_ && apart - apart_ >= kLeastMs;
    apart_ = apart;
    known_ = true;
    return woke;
  }

 private:
  bool known_ = false;
  int64_t apart_ = 0;
};

}  // namespace trellis
