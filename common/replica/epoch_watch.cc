#include "common/replica/epoch_watch.h"

#include <cstdlib>

namespace trellis {

EpochWatch::EpochWatch(const Clock* clock) : clock_(clock) { Begin(); }

void EpochWatch::Begin() {
  std::lock_guard lock(mutex_);
  begun_boot_ms_ = clock_->BootMs();
  wall_minus_boot_ms_ = clock_->WallMs() - begun_boot_ms_;
  boot_id_ = clock_->BootId();
}

bool EpochWatch::ClocksMoved() const {
  std::lock_guard lock(mutex_);
  const int64_t moved_ms = clock_->WallMs() - clock_->BootMs() - wall_minus_boot_ms_;
  return std::abs(moved_ms) > kClockJumpMs;
}

bool EpochWatch::Booted() const {
  std::lock_guard lock(mutex_);
  return clock_->BootId() != boot_id_;
}

bool EpochWatch::IsOld() const {
  std::lock_guard lock(mutex_);
  return clock_->BootMs() - begun_boot_ms_ > kEpochAgeMs;
}

}  // namespace trellis
