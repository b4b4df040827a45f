// When a live session says AtHead: not after each single write, which would cost more than the write itself.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/session/scope_grant.h"

namespace trellis::session {

// So many at once, and one more each `every_ms`.
class Allowance {
 public:
  Allowance(int64_t most, int64_t every_ms) : most_(most), every_ms_(every_ms), left_ms_(most * every_ms) {}

  bool Has(int64_t now_ms) const { return LeftMs(now_ms) >= every_ms_; }
  void Take(int64_t now_ms) {
    left_ms_ = LeftMs(now_ms) - every_ms_;
    as_of_ms_ = now_ms;
  }

 private:
  int64_t LeftMs(int64_t now_ms) const {
    return std::min(most_ * every_ms_, left_ms_ + std::max<int64_t>(0, now_ms - as_of_ms_));
  }

  int64_t most_;
  int64_t every_ms_;
  int64_t left_ms_;
  int64_t as_of_ms_ = 0;
};

// One scope of one session. The first head of a session is said at once; what a repair or a comparison at
// opening says does not ask here.
class AnnouncePace {
 public:
  // A scope that did not change for so long is quiet. The site's end speaks first, the server's answers.
  static constexpr int64_t kSiteQuietMs = 1'000;
  static constexpr int64_t kServerQuietMs = 30'000;
  static constexpr int64_t kEveryMs = 20'000;

  explicit AnnouncePace(Side side = Side::kSite)
      : quiet_ms_(side == Side::kSite ? kSiteQuietMs : kServerQuietMs) {}

  void Changed(int64_t now_ms) { changed_ms_ = now_ms; }
  // The peer said its head: an answer lets it compare.
  void Heard() { heard_ = true; }

  // What would be said was said already.
  void Known() { heard_ = false; }

  // Whether a head that differs from the one said last may be said now.
  bool MaySay(int64_t now_ms) const {
    if (!said_) return true;
    if (heard_ && answers_.Has(now_ms)) return true;
    return now_ms - changed_ms_ >= quiet_ms_ && unasked_.Has(now_ms);
  }
  void Said(int64_t now_ms) {
    if (said_) (heard_ && answers_.Has(now_ms) ? answers_ : unasked_).Take(now_ms);
    said_ = true;
    heard_ = false;
  }

 private:
  int64_t quiet_ms_;
  int64_t changed_ms_ = 0;
  bool said_ = false;
  bool heard_ = false;
  // The answers to one head, its answer's answer among them, are few; a stream of writes would make them
  // many.
  Allowance unasked_{3, kEveryMs};
  Allowance answers_{6, kEveryMs / 2};
};

}  // namespace trellis::session
