// What is set aside, tried again by itself: at the start of the program, and when something has come that it
// may have waited for. Never in a tight loop.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "common/replica/quarantine.h"
#include "common/replica/replica.h"
#include "common/time/clock.h"

namespace trellis {

// Tick and the destructor from one thread.
class QuarantineRetry {
 public:
  // Between two tries, at least; twice as long after each that took nothing, up to the most.
  static constexpr int64_t kLeastMs = 60'000;
  static constexpr int64_t kMostMs = 3'600'000;

  // Pointers must outlive it.
  QuarantineRetry(Replica* replica, const Clock* clock, OptionsOfPeer options_of);
  ~QuarantineRetry();
  QuarantineRetry(const QuarantineRetry&) = delete;
  QuarantineRetry& operator=(const QuarantineRetry&) = delete;

  // At the start, and then about every second. The first call tries every scope, later ones those that
  // something was committed to since. nullopt: it is not time, or nothing is set aside there.
  std::optional<RetryOutcome> Tick();

 private:
  std::optional<std::set<std::string>> TakeChanged();

  Replica* const replica_;
  const Clock* const clock_;
  const OptionsOfPeer options_of_;
  uint64_t listener_ = 0;
  bool begun_ = false;
  int64_t next_ms_ = 0;  // steady
  int64_t wait_ms_ = kLeastMs;
  std::mutex mutex_;
  std::set<std::string> changed_;
};

}  // namespace trellis
