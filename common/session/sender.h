// One direction's sending end: which frame to build next, what is under way, what an acknowledgement means.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/session/flow.h"
#include "common/session/opening.h"
#include "common/session/step.h"

namespace trellis::session {

// Invariants: in each lane confirmed <= told <= sent; what is in flight in a lane is a chain of frames, each
// beginning where the one before it ends.
class Sender {
 public:
  explicit Sender(FlowLimits limits) : flow_(limits) {}

  // A scope whose frames may be built but, until Resume, not beyond the first window.
  void Open(const ScopeOpening& mine);
  // The peer's opening is known: frames go on from `points`. What is in flight already stays so if it
  // continues from there, else the lane goes back once it has drained.
  void Resume(const std::string& scope, const ScopeOpening& peer, const ResumePoints& points);
  // Before the peer's opening is known: from what it was believed to hold.
  void StartFromGuess(const std::string& scope, const ResumePoints& points);
  // Nothing of it goes out before Resume, and nothing is known to be held. REQUIRES: !HasSent(scope).
  void Hold(const std::string& scope);
  void Drop(const std::string& scope);

  // The scope's sequence as last seen; never lowers it.
  void SetHead(const std::string& scope, uint64_t seq);

  // The frame to build now, most urgent lane first, scopes in turn.
  std::optional<BuildFrame> Next(int64_t now_ms);
  // The frame to send, if one is to be.
  absl::StatusOr<std::optional<Frame>> OnBuilt(FrameBuilt built);
  absl::Status OnAck(const Ack& ack, int64_t now_ms);

  // Every lane is acknowledged up to the head.
  bool AtHead(const std::string& scope) const;
  // Held durable by the peer, or left out because it has it: the least over the lanes.
  uint64_t Confirmed(const std::string& scope) const;
  // The same, lane by lane; empty before Resume.
  std::vector<LaneCursor> ConfirmedLanes(const std::string& scope) const;
  // Some frame of it is under way.
  bool HasSent(const std::string& scope) const;
  // The peer told it holds everything up to `seq`.
  void RaiseConfirmed(const std::string& scope, uint64_t seq);

  Flow& flow() { return flow_; }
  const Flow& flow() const { return flow_; }
  uint64_t unacknowledged_frames() const { return in_flight_.size(); }
  // Bytes of frames the peer did not take (nacked, or put off): what is sent again though nothing was cut.
  uint64_t asked_again_bytes() const { return asked_again_bytes_; }
  uint64_t frames_sent() const { return next_number_ - 1; }

 private:
  struct Lane {
    uint64_t sent = 0;       // entries up to here were sent or left out
    uint64_t told = 0;       // `hi` of the last frame sent, or the point resumed from
    uint64_t confirmed = 0;  // the receiver's cursor
    uint32_t in_flight = 0;  // frames
    bool gap = false;        // something under way did not count: drain, then go back to `confirmed`
    bool held_back = false;  // its next item waits until nothing is unacknowledged
    int stuck = 0;           // times gone back without the cursor having moved
    uint64_t went_back_to = 0;
    std::vector<RecordId> whole;  // nacked: to be sent whole
    uint64_t whole_until = 0;     // they stand at or below this
    // Stretches (after, to] the peer took while a gap lay before them: not sent again. In order.
    std::vector<std::pair<uint64_t, uint64_t>> taken;
  };
  struct Scope {
    Epoch epoch = 0;
    uint64_t head = 0;
    Lineage peer_lineage;
    bool flowing = false;
    std::array<Lane, kLanes> lanes;
  };
  struct InFlight {
    uint64_t number;
    std::string scope;
    uint8_t lane;
    size_t bytes;
    uint64_t prev;
    uint64_t hi;
  };

  // REQUIRES: something is in flight.
  InFlight TakeFirstInFlight();
  absl::Status Answer(const InFlight& frame, const Ack& ack, int64_t now_ms);
  // Moves past what the peer took behind a gap.
  static void PassTaken(Lane* lane);
  absl::Status GoBackIfDrained(const std::string& scope, Lane* lane);
  uint64_t ConfirmedIn(const Lane& lane) const;

  Flow flow_;
  std::map<std::string, Scope> scopes_;
  std::string last_scope_;  // sent last: the next one in order goes first
  std::deque<InFlight> in_flight_;
  uint64_t next_number_ = 1;
  int64_t paused_until_ms_ = 0;
  uint64_t asked_again_bytes_ = 0;
};

}  // namespace trellis::session
