#include "common/session/receiver.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace trellis::session {
namespace {

// Records one save of a person makes at most.
constexpr uint32_t kMostOfSingleWrite = 4;

}  // namespace

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
  last_hi_ = frame.hi;
  last_bytes_ = frame.body.size();
  last_complete_ = frame.complete;
  single_writes_ = frame.complete && frame.items <= kMostOfSingleWrite ? single_writes_ + 1 : 0;
  scope.mid_stream = !frame.lane_end;
  scope.peer_head = std::max(scope.peer_head, frame.hi);
  const uint64_t floor = scope.cursors[frame.lane];
  return ApplyFrame{std::move(frame), floor};
}

Answer Receiver::OnApplied(FrameApplied applied) {
  Scope& scope = scopes_.at(applied.scope);
  uint64_t& cursor = scope.cursors[applied.lane];
  cursor = std::max(cursor, applied.cursor);
  if (cursor < last_hi_) scope.missed = true;
  if (last_complete_ && !scope.missed) scope.told = std::max(scope.told, last_hi_);
  Answer answer;
  answer.may_wait = single_writes_ > 1 && cursor >= last_hi_ && applied.nacks.empty() &&
                    applied.set_aside.empty() && applied.retry_after_ms == 0;
  answer.frame_bytes = last_bytes_;
  Ack& ack = answer.ack;
  ack.number = applied.number;
  ack.scope = applied.scope;
  ack.lane = applied.lane;
  ack.epoch = scope.epoch;
  ack.cursor = cursor;
  ack.nacks = std::move(applied.nacks);
  ack.set_aside = std::move(applied.set_aside);
  ack.retry_after_ms = applied.retry_after_ms;
  return answer;
}

void Receiver::Advance(const std::string& scope_name, uint64_t seq) {
  Scope& scope = scopes_.at(scope_name);
  for (uint64_t& cursor : scope.cursors) cursor = std::max(cursor, seq);
  scope.peer_head = std::max(scope.peer_head, seq);
  scope.mid_stream = false;
  scope.missed = false;
}

uint64_t Receiver::Held(const std::string& scope) const {
  const auto it = scopes_.find(scope);
  return it == scopes_.end() ? 0 : *std::min_element(it->second.cursors.begin(), it->second.cursors.end());
}

uint64_t Receiver::Pulled(const std::string& scope) const {
  const auto it = scopes_.find(scope);
  return it == scopes_.end() ? 0 : std::max(Held(scope), it->second.told);
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
