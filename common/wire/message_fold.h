// Leaves out of the frames and acknowledgements of one stream what its other end can tell from the messages
// before them (README.md: folding). A single record's frame and acknowledgement carry 50 bytes less so.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/session/step.h"

namespace trellis::sync::v1 {
class Ack;
class Frame;
class SyncRequest;
class SyncResponse;
}  // namespace trellis::sync::v1

namespace trellis {

// One end of one stream. Each end folds what it sends and unfolds what it gets, every message, in the order
// of the stream; the state of both then runs alike. Not thread-safe.
class MessageFold {
 public:
  void Fold(trellis::sync::v1::SyncRequest* proto);
  void Fold(trellis::sync::v1::SyncResponse* proto);
  // INVALID_ARGUMENT: it speaks of what was not said before.
  absl::Status Unfold(trellis::sync::v1::SyncRequest* proto);
  absl::Status Unfold(trellis::sync::v1::SyncResponse* proto);

 private:
  // The frames of one direction so far, as both ends know them.
  class Trail {
   public:
    void FoldFrame(trellis::sync::v1::Frame* frame);
    absl::Status UnfoldFrame(trellis::sync::v1::Frame* frame);
    void FoldAck(trellis::sync::v1::Ack* ack);
    absl::Status UnfoldAck(trellis::sync::v1::Ack* ack);

   private:
    struct Scope {
      std::string name;
      uint64_t epoch = 0;
      std::array<uint64_t, session::kLanes> hi{};  // of the last frame in each lane
    };
    struct Unanswered {
      uint64_t number = 0;
      std::string scope;
      uint32_t lane = 0;
      uint64_t epoch = 0;
      uint64_t hi = 0;
    };

    // The scope's place; that of a new one is the end. nullopt: there are too many.
    std::optional<size_t> PlaceOf(const std::string& scope) const;
    void Note(const trellis::sync::v1::Frame& frame);

    std::vector<Scope> scopes_;
    std::deque<Unanswered> unanswered_;
    uint64_t last_number_ = 0;
  };

  template <typename Proto>
  void FoldCase(Proto* proto);
  template <typename Proto>
  absl::Status UnfoldCase(Proto* proto);

  Trail sent_;
  Trail received_;
};

}  // namespace trellis
