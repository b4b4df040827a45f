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

// What a frame is answered with.
struct Answer {
  Ack ack;
  // The frame is one of a run of single writes, each complete when it came, and the cursor moved to its `hi`:
  // who sent it does not wait for the answer to go on.
  bool may_wait = false;
  size_t frame_bytes = 0;  // of the body
};

class Receiver {
 public:
  // REQUIRES: ProblemOf(peer) is nullopt.
  void Open(const ScopeOpening& peer, const ScopeOpening& mine);

  // A frame as it comes: in turn, of a scope that may come in, of the epoch opened.
  absl::StatusOr<ApplyFrame> Accept(Frame frame);
  // Of the frame accepted last.
  Answer OnApplied(FrameApplied applied);

  // The peer has told everything up to `seq`.
  void Advance(const std::string& scope, uint64_t seq);

  bool Has(const std::string& scope) const { return scopes_.contains(scope); }
  // How far the peer's present epoch is held, by the stored cursors: the least over the lanes.
  uint64_t Held(const std::string& scope) const;
  // Everything the peer had up to here is held, by the cursors or because a complete frame said so.
  uint64_t Pulled(const std::string& scope) const;
  // More of what the peer had when it last spoke is on its way.
  bool MidStream(const std::string& scope) const;
  uint64_t peer_head(const std::string& scope) const;

 private:
  struct Scope {
    Epoch epoch = 0;
    std::array<uint64_t, kLanes> cursors{};
    uint64_t peer_head = 0;
    bool mid_stream = false;
    uint64_t told = 0;    // by complete frames
    bool missed = false;  // a frame did not count: what complete frames say is not believed until Advance
  };
  std::map<std::string, Scope> scopes_;
  uint64_t last_number_ = 0;
  // Of the last frame accepted.
  uint64_t last_hi_ = 0;
  size_t last_bytes_ = 0;
  bool last_complete_ = false;
  int single_writes_ = 0;  // in a row
};

}  // namespace trellis::session
