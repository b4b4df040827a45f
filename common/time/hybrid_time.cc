#include "common/time/hybrid_time.h"

#include <algorithm>

#include "common/time/planted.h"

namespace trellis {

Stamp HybridClock::Next() {
  const int64_t wall = clock_->WallMs();
  if (wall > last_.ms) {
    last_ = {wall, 0};
  } else if (last_.ms > wall + kMaxAheadMs && !Planted(Fault::kClockUnclamped)) {
    // The wall clock was set back by more than the bound: follow it rather than stay in the future.
    last_ = {wall, 0};
  } else {
    ++last_.counter;
  }
  return last_;
}

void HybridClock::Observe(Stamp stamp) {
  if (stamp.ms > clock_->WallMs() + kMaxAheadMs && !Planted(Fault::kClockUnclamped)) return;
  last_ = std::max(last_, stamp);
}

}  // namespace trellis
