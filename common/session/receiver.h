// One direction's receiving end: which frames may come, and how far each scope is held.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/session/opening.h"
#include "common/session/step.h"

namespace trellis::session {

class Receiver {
 public:
  // REQUIRES: ProblemOf(peer) is nullopt.
  void Open(const ScopeOpening& peer, const ScopeOpening& mine);

  // A frame as it comes: in turn, of a scope that may come in, of the epoch opened.
  absl::StatusOr<ApplyFrame> Accept(Frame frame);
  Ack OnApplied(FrameApplied applied);

  // The peer has told everything up to `seq`.
  void Advance(const std::string& scope, uint64_t seq);

  bool Has(const std::string& scope) const { return scopes_.contains(scope); }
  // How far the peer's present epoch is held, the least over the lanes.
  uint64_t Held(const std::string& scope) const;
  // More of what the peer had when it last spoke is on its way.
  bool MidStream(const std::string& scope) const;
  uint64_t peer_head(const std::string& scope) const;

 private:
  struct Scope {
    Epoch epoch = 0;
    std::array<uint64_t, kLanes> cursors{};
    uint64_t peer_head = 0;
    bool mid_stream = false;
  };
  std::map<std::string, Scope> scopes_;
  uint64_t last_number_ = 0;
};

}  // namespace trellis::session
