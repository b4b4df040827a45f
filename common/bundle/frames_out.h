// The frames of a bundle: what the recipient does not hold yet, as far as was last told.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/bundle/bundle.h"
#include "common/exchange/exchange.h"

namespace trellis {

// What the other end last told of a scope: its timeline, and what it held of ours.
using ToldOpening = std::optional<ScopeOpening>;

// One's own side of a scope, as a session would open it. `cursors_void`: the store is in rescue.
absl::StatusOr<ScopeOpening> OpenScopeFor(Replica* replica, const std::string& peer, const std::string& scope,
                                          bool cursors_void);

// Adds scope after scope to one bundle. Not thread-safe.
class FramesOut {
 public:
  // Of states, before they are encoded.
  static constexpr size_t kStateBytesAFrame = 256 * 1024;
  static constexpr size_t kMostRecordsAFrame = 4096;

  // All must outlive the object. `vouch`: at the server, as in a session. The bundle is full at `most_bytes`
  // of frames.
  FramesOut(const Replica* replica, const FrameCodec* codec, std::optional<WriterRule> vouch,
            size_t most_bytes, Bundle* bundle)
      : replica_(replica),
        codec_(codec),
        vouch_(std::move(vouch)),
        most_bytes_(most_bytes),
        bundle_(bundle) {}

  // Frames of every lane from where the recipient is (`held`, its cursors in our feed), and AtHead if all of
  // it went in. What came from the recipient is left out as far as `told` goes. REQUIRES: mine.guessed ==
  // held, and told to the recipient so.
  absl::Status Add(const ScopeOpening& mine, const ToldOpening& told);

  size_t records() const { return records_; }
  size_t bytes() const { return bytes_; }
  // Something was left for the next bundle.
  bool full() const { return full_; }

 private:
  absl::StatusOr<uint64_t> AddLane(const ScopeOpening& mine, const Lineage& skipped, uint8_t lane,
                                   uint64_t after);

  const Replica* replica_;
  const FrameCodec* codec_;
  const std::optional<WriterRule> vouch_;
  const size_t most_bytes_;
  Bundle* bundle_;
  size_t records_ = 0;
  size_t bytes_ = 0;
  uint64_t frames_ = 0;
  bool full_ = false;
};

}  // namespace trellis
