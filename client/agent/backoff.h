// When to try again: full jitter (a uniform draw below a limit that doubles), so that many sites that lost
// the server together do not come back together.
#pragma once

#include <cstdint>

#include "common/time/random.h"

namespace trellis {

// Value type.
class Backoff {
 public:
  static constexpr int64_t kFirstMs = 500;
  static constexpr int64_t kMostMs = 60'000;
  // After a refusal that waiting will hardly cure; yet it may be cured at the server, so never for ever.
  static constexpr int64_t kRefusedMs = 120'000;

  // The wait before the next attempt; `retry_after_ms` is the server's wish, added to a jitter of its own.
  int64_t Next(Random* random, uint32_t retry_after_ms, bool refused);
  // A connection was good.
  void Reset() { limit_ms_ = kFirstMs; }

 private:
  int64_t limit_ms_ = kFirstMs;
};

}  // namespace trellis
