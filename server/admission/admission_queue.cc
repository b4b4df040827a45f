#include "server/admission/admission_queue.h"

#include <algorithm>

namespace trellis {

void AdmissionQueue::Forget(int64_t now_ms) {
  std::erase_if(inside_, [&](const auto& entry) { return now_ms - entry.second >= kPlaceMs; });
  if (now_ms - forgot_ms_ < kForgetEveryMs) return;
  forgot_ms_ = now_ms;
  for (auto it = queue_.begin(); it != queue_.end();) {
    if (it->expires_ms > now_ms) {
      ++it;
      continue;
    }
    places_of_.erase(it->peer);
    it = queue_.erase(it);
  }
}

// One round of places takes about as long as a place is held.
uint32_t AdmissionQueue::WaitFor(size_t rank) const {
  const int64_t rounds = static_cast<int64_t>(rank) / places_ + 1;
  return static_cast<uint32_t>(std::clamp(rounds * typical_ms_, kLeastWaitMs, kMostWaitMs));
}

uint32_t AdmissionQueue::Ask(const std::string& peer, const std::string& connection, int64_t now_ms) {
  Forget(now_ms);
  const size_t free = static_cast<size_t>(places_) - std::min(inside_.size(), static_cast<size_t>(places_));
  const auto place = places_of_.find(peer);
  const bool known = place != places_of_.end();

  const size_t rank =
      known ? static_cast<size_t>(std::distance(queue_.begin(), place->second)) : queue_.size();
  if (rank < free) {
    if (known) {
      queue_.erase(place->second);
      places_of_.erase(place);
    }
    inside_[connection] = now_ms;
    return 0;
  }
  const uint32_t wait_ms = WaitFor(rank);
  if (known) {
    place->second->expires_ms = now_ms + wait_ms + kGraceMs;
  } else if (queue_.size() < kMostWaiting) {
    queue_.push_back({peer, now_ms + wait_ms + kGraceMs});
    places_of_[peer] = std::prev(queue_.end());
  }
  return wait_ms;
}

void AdmissionQueue::Leave(std::string_view connection, int64_t now_ms) {
  const auto it = inside_.find(connection);
  if (it == inside_.end()) return;
  typical_ms_ = (3 * typical_ms_ + (now_ms - it->second)) / 4;
  inside_.erase(it);
}

}  // namespace trellis
