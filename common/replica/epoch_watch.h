// When the present epoch should not go on though the store was not reopened: a machine put back to an earlier
// moment, memory and all, would write dots it has given out before. What shows it is a wall clock that has
// moved against the time since boot, or another boot. What neither shows is bounded by the epoch's age at a
// session's start, and beyond that a limit.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "common/time/clock.h"

namespace trellis {

inline constexpr int64_t kClockJumpMs = 5'000;
inline constexpr int64_t kEpochAgeMs = 3'600'000;

// Thread-safe.
class EpochWatch {
 public:
  // `clock` must outlive it.
  explicit EpochWatch(const Clock* clock);
  // An epoch was minted just now.
  void Begin();
  // The clocks have moved apart by more than kClockJumpMs since Begin. Cheap: asked before every write.
  bool ClocksMoved() const;
  // Another boot than at Begin.
  bool Booted() const;
  // Over kEpochAgeMs since Begin.
  bool IsOld() const;

 private:
  const Clock* const clock_;
  mutable std::mutex mutex_;
  int64_t wall_minus_boot_ms_ = 0;
  int64_t begun_boot_ms_ = 0;
  std::string boot_id_;
};

}  // namespace trellis
