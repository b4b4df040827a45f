// How many sites catch up at once, and who is next, when hundreds come back together. Nobody is held on a
// connection: who does not come in is told when to ask again, and keeps the place in the queue meanwhile.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <string_view>

namespace trellis {

// Pure; not thread-safe. Times are steady milliseconds.
class AdmissionQueue {
 public:
  static constexpr int kPlaces = 256;
  // A place is free again after this, caught up or not: a line of 2 kB/s must not keep others out.
  static constexpr int64_t kPlaceMs = 60'000;
  static constexpr int64_t kLeastWaitMs = 1'000;
  static constexpr int64_t kMostWaitMs = 60'000;
  // Beyond the time it was told, a site may be late by this before its turn passes on.
  static constexpr int64_t kGraceMs = 90'000;
  // Waiting at most; later ones are told to come back and are not remembered.
  static constexpr size_t kMostWaiting = 20'000;

  explicit AdmissionQueue(int places = kPlaces) : places_(places) {}

  // 0: come in, under the name `connection` until Leave. Else the milliseconds to wait before asking again.
  uint32_t Ask(const std::string& peer, const std::string& connection, int64_t now_ms);
  // It has caught up, or is gone.
  void Leave(std::string_view connection, int64_t now_ms);

  size_t inside() const { return inside_.size(); }
  size_t waiting() const { return queue_.size(); }

 private:
  static constexpr int64_t kForgetEveryMs = 1'000;

  struct Waiting {
    std::string peer;
    int64_t expires_ms = 0;
  };
  void Forget(int64_t now_ms);
  uint32_t WaitFor(size_t rank) const;

  const int places_;
  std::map<std::string, int64_t, std::less<>> inside_;  // connection -> when it came in
  std::list<Waiting> queue_;                            // longest waiting first
  std::map<std::string, std::list<Waiting>::iterator, std::less<>> places_of_;
  int64_t forgot_ms_ = 0;              // when the queue was last gone through
  int64_t typical_ms_ = kLeastWaitMs;  // how long a place was held, of late
};

}  // namespace trellis
