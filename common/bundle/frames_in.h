// Takes what a bundle carries into the store, as a session would.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bundle/bundle.h"
#include "common/exchange/exchange.h"
#include "common/session/opening.h"

namespace trellis {

struct FramesTaken {
  std::vector<Ack> acks;  // one for each frame, in order
  size_t records = 0;     // that came
  size_t changed = 0;     // of them, new here
  size_t set_aside = 0;
  bool cursors_stayed =
      false;  // of some scope: what the sender assumed of us is not so, all was merged nonetheless
};

// Not thread-safe; blocks on the store's disk.
class FramesIn {
 public:
  // All must outlive the object. `config` is that of a session with the same peer.
  FramesIn(Replica* replica, const FrameCodec* codec, const Clock* clock, const ExchangeConfig* config)
      : replica_(replica), codec_(codec), clock_(clock), config_(config) {}

  // Checks all of the bundle, then takes it in. `openings` are those in it. PERMISSION_DENIED: a scope that
  // is not the peer's; INVALID_ARGUMENT: it makes no sense; nothing was taken then. RESOURCE_EXHAUSTED: the
  // disk is full, the rest can be taken by importing again.
  absl::StatusOr<FramesTaken> Take(const Bundle& bundle, const std::vector<ScopeOpening>& openings);

 private:
  struct Scope {
    Epoch epoch = 0;
    session::ResumePoints held;
    bool cursors_move = false;
    bool unbroken = true;  // every lane begins where we are or before, and every frame of it moved its cursor
  };

  absl::Status Open(const Bundle& bundle, const std::vector<ScopeOpening>& openings);
  absl::StatusOr<bool> Holds(const BundleAssumption& assumption) const;
  absl::Status Check(const Frame& frame) const;
  absl::Status TakeFrame(const Frame& frame, FramesTaken* taken);
  absl::Status TakeHead(const AtHead& head);

  Replica* replica_;
  const FrameCodec* codec_;
  const Clock* clock_;
  const ExchangeConfig* config_;
  std::map<std::string, Scope> scopes_;
};

}  // namespace trellis
