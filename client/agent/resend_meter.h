// Counts the bytes a site sends again because connections were cut, to be held against the bound the design
// promises (cuts x window).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "common/session/messages.h"

namespace trellis {

// Sees every message of every connection of one run. Counted is what an earlier connection had sent already,
// whether or not it arrived; of a frame that goes on with new entries, the share of its sequence numbers. Not
// counted is what a server lost after it had acknowledged it (it came back from a backup), nor what a nack
// asks for: no cut is the cause. Not thread-safe.
class ResendMeter {
 public:
  void BeginConnection();
  void OnSent(const SyncMessage& message);
  void OnReceived(const SyncMessage& message);

  uint64_t resent_bytes() const { return resent_bytes_; }

 private:
  using LaneKey = std::tuple<std::string, uint8_t, Epoch>;
  struct Lane {
    uint64_t sent = 0;          // highest seq in any frame
    uint64_t acknowledged = 0;  // highest cursor told
    uint64_t sent_before = 0;   // both as the present connection began
    uint64_t acknowledged_before = 0;
  };

  std::map<LaneKey, Lane> lanes_;
  bool welcomed_ = false;
  uint64_t resent_bytes_ = 0;
};

}  // namespace trellis
