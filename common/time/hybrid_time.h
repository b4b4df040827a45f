// Hybrid logical time (Kulkarni et al. 2014): physical milliseconds that never go back, with a counter to
// order what happens within one. Stamps decide only which of several concurrent values shows; nothing is
// ever lost or refused because of a clock.
#pragma once

#include <compare>
#include <cstdint>

#include "common/time/clock.h"

namespace trellis {

struct Stamp {
  int64_t ms = 0;        // since 1970-01-01T00:00:00Z
  uint32_t counter = 0;  // orders stamps of one millisecond
  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

// Issues stamps, each greater than the one before. Not thread-safe: the commit path is its only caller.
class HybridClock {
 public:
  // The issued time never runs further ahead of the own wall clock than this, whatever was observed: one
  // peer with a clock years ahead must not drag everybody along.
  static constexpr int64_t kMaxAheadMs = 60'000;

  explicit HybridClock(const Clock* clock) : clock_(clock) {}

  // The next stamp: greater than every stamp issued before by this object, and than every stamp observed
  // that lies at most kMaxAheadMs ahead of the wall clock.
  Stamp Next();
  // Takes note of a stamp seen elsewhere.
  void Observe(Stamp stamp);
  Stamp last() const { return last_; }

 private:
  const Clock* clock_;
  Stamp last_;
};

}  // namespace trellis
