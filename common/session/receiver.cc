#include "common/session/receiver.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace trellis::session {

void Receiver::Open(const ScopeOpening& peer, const ScopeOpening& mine) {
  Scope& scope = scopes_[peer.scope];
  scope.epoch = peer.lineage.back().epoch;
  scope.cursors = FindResumePoints(peer, mine.cursors).lane;
  scope.peer_head = peer.head;
}

absl::StatusOr<ApplyFrame> Receiver::Accept(Frame frame) {
  const auto it = scopes_.find(frame.scope);
  if (it == scopes_.end()) {
    return absl::PermissionDeniedError(
        fmt::format("a frame of scope {} came, which was not granted", frame.scope));
  }
  Scope& scope = it->second;
  if (frame.number != last_number_ + 1) {
    return absl::InvalidArgumentError(
        fmt::format("frame {} came where {} was due", frame.number, last_number_ + 1));
  }
  if (frame.lane >= kLanes || frame.epoch != scope.epoch || frame.hi <= frame.prev || frame.items == 0) {
    return absl::InvalidArgumentError(
        fmt::format("frame {} of scope {} makes no sense", frame.number, frame.scope));
  }
  last_number_ = frame.number;
  scope.mid_stream = !frame.lane_end;
  scope.peer_head = std::max(scope.peer_head, frame.hi);
  const uint64_t floor = scope.cursors[frame.lane];
  return ApplyFrame{std::move(frame), floor};
}

Ack Receiver::OnApplied(FrameApplied applied) {
  Scope& scope = scopes_.at(applied.scope);
  uint64_t& cursor = scope.cursors[applied.lane];
  cursor = std::max(cursor, applied.cursor);
  Ack ack;
  ack.number = applied.number;
  ack.scope = applied.scope;
  ack.lane = applied.lane;
  ack.epoch = scope.epoch;
  ack.cursor = cursor;
  ack.nacks = std::move(applied.nacks);
  ack.set_aside = std::move(applied.set_aside);
  ack.retry_after_ms = applied.retry_after_ms;
  return ack;
}

void Receiver::Advance(const std::string& scope_name, uint64_t seq) {
  Scope& scope = scopes_.at(scope_name);
  for (uint64_t& cursor : scope.cursors) cursor = std::max(cursor, seq);
  scope.peer_head = std::max(scope.peer_head, seq);
  scope.mid_stream = false;
}

uint64_t Receiver::Held(const std::string& scope) const {
  const auto it = scopes_.find(scope);
  return it == scopes_.end() ? 0 : *std::min_element(it->second.cursors.begin(), it->second.cursors.end());
}

bool Receiver::MidStream(const std::string& scope) const {
  const auto it = scopes_.find(scope);
  return it != scopes_.end() && it->second.mid_stream;
}

uint64_t Receiver::peer_head(const std::string& scope) const {
  const auto it = scopes_.find(scope);
  return it == scopes_.end() ? 0 : it->second.peer_head;
}

}  // namespace trellis::session
