#include "client/agent/backoff.h"

#include <algorithm>

namespace trellis {

int64_t Backoff::Next(Random* random, uint32_t retry_after_ms, bool refused) {
  int64_t limit = refused ? kRefusedMs : limit_ms_;
  if (retry_after_ms > 0 && !refused) {
    // The server keeps a place for us: no doubling, or we would come when it has passed on.
    limit = std::clamp<int64_t>(retry_after_ms / 2, kFirstMs, kMostMs);
  } else {
    limit_ms_ = std::min(limit_ms_ * 2, kMostMs);
  }
  const int64_t jitter = static_cast<int64_t>(random->Next() % static_cast<uint64_t>(limit)) + 1;
  return static_cast<int64_t>(retry_after_ms) + jitter;
}

}  // namespace trellis
