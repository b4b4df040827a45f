#include "common/session/sender.h"

#include <algorithm>
#include <utility>

#include "common/time/planted.h"
#include "fmt/format.h"

namespace trellis::session {
namespace {

// A lane that went back this often to the same cursor will not get on: the connection is given up.
constexpr int kMostGoingsBack = 8;

}  // namespace

void Sender::Open(const ScopeOpening& mine) {
  Scope& scope = scopes_[mine.scope];
  scope.epoch = mine.lineage.back().epoch;
  scope.head = mine.head;
}

void Sender::StartFromGuess(const std::string& scope_name, const ResumePoints& points) {
  Scope& scope = scopes_.at(scope_name);
  for (uint8_t i = 0; i < kLanes; ++i) {
    scope.lanes[i].sent = scope.lanes[i].told = scope.lanes[i].confirmed = points.lane[i];
  }
  scope.flowing = true;
}

void Sender::Resume(const std::string& scope_name, const ScopeOpening& peer, const ResumePoints& points) {
  Scope& scope = scopes_.at(scope_name);
  // A peer in rescue may have lost what it once told us: nothing is left out.
  scope.peer_lineage = peer.reconcile ? Lineage() : Lineage(peer.lineage);
  for (uint8_t i = 0; i < kLanes; ++i) {
    Lane& lane = scope.lanes[i];
    const uint64_t point = points.lane[i];
    if (lane.in_flight == 0) {
      lane.sent = lane.told = lane.confirmed = point;
      continue;
    }
    const auto first = std::find_if(in_flight_.begin(), in_flight_.end(),
                                    [&](const InFlight& f) { return f.scope == scope_name && f.lane == i; });
    if (point < first->prev) lane.gap = true;
    lane.confirmed = point;
    lane.told = std::max(lane.told, point);
    lane.sent = std::max(lane.sent, point);
  }
  scope.flowing = true;
}

void Sender::Hold(const std::string& scope_name) {
  Scope& scope = scopes_.at(scope_name);
  scope.flowing = false;
  scope.lanes = {};
}

void Sender::Drop(const std::string& scope) {
  scopes_.erase(scope);
  std::erase_if(in_flight_, [&](const InFlight& f) {
    if (f.scope != scope) return false;
    flow_.OnAcknowledged(f.bytes, false);
    return true;
  });
}

void Sender::SetHead(const std::string& scope, uint64_t seq) {
  const auto it = scopes_.find(scope);
  if (it != scopes_.end()) it->second.head = std::max(it->second.head, seq);
}

std::optional<BuildFrame> Sender::Next(int64_t now_ms) {
  if (scopes_.empty() || now_ms < paused_until_ms_) return std::nullopt;
  const bool idle = flow_.unacknowledged() == 0;
  const size_t room = flow_.Room();
  // While acknowledgements are due, what they leave free is not filled with ever smaller frames: those cost
  // twice the bytes a record, and a commit each.
  if (!idle && room < flow_.WorthAFrame()) return std::nullopt;
  for (uint8_t lane_number = 0; lane_number < kLanes; ++lane_number) {
    auto it = scopes_.upper_bound(last_scope_);
    for (size_t visited = 0; visited < scopes_.size(); ++visited, ++it) {
      if (it == scopes_.end()) it = scopes_.begin();
      const Scope& scope = it->second;
      const Lane& lane = scope.lanes[lane_number];
      if (!scope.flowing || lane.gap || lane.sent >= scope.head) continue;
      if (lane.held_back && !idle) continue;
      const size_t limit = std::max(room, FlowLimits::kMinBytes / 4);
      BuildFrame build{
          it->first, lane_number, lane.sent, &scope.peer_lineage, std::min(flow_.frame_bytes(), limit),
          limit,     idle,        lane.whole};
      for (uint8_t i = 0; i < kLanes; ++i) build.sent[i] = scope.lanes[i].sent;
      for (const auto& [after, to] : lane.taken) {
        if (after > lane.sent) build.until = std::min(build.until, after);
      }
      return build;
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<Frame>> Sender::OnBuilt(FrameBuilt built) {
  Scope& scope = scopes_.at(built.scope);
  Lane& lane = scope.lanes[built.lane];
  lane.held_back = built.held_back;
  if (built.held_back) return std::nullopt;
  if (built.hi <= lane.sent) {
    return absl::InternalError(
        fmt::format("lane {} of scope {} did not move past {}; check the store with `verify`", built.lane,
                    built.scope, lane.sent));
  }
  if (built.lane_end) scope.head = std::max(scope.head, built.hi);
  lane.sent = built.hi;
  PassTaken(&lane);
  if (built.complete) {
    for (Lane& other : scope.lanes) {
      if (!other.gap) other.sent = std::max(other.sent, built.hi);
    }
  }
  if (built.items == 0) return std::nullopt;

  Frame frame;
  frame.scope = built.scope;
  frame.lane = built.lane;
  frame.epoch = built.epoch;
  frame.prev = lane.told;
  frame.hi = built.hi;
  frame.lane_end = built.lane_end;
  frame.head = built.head;
  frame.complete = built.complete &&
                   std::none_of(scope.lanes.begin(), scope.lanes.end(), [](const Lane& l) { return l.gap; });
  frame.items = built.items;
  frame.number = next_number_++;
  frame.body = std::move(built.body);
  lane.told = built.hi;
  ++lane.in_flight;
  in_flight_.push_back({frame.number, frame.scope, frame.lane, frame.body.size(), frame.prev, frame.hi});
  flow_.OnSent(frame.body.size());
  last_scope_ = frame.scope;
  return frame;
}

absl::Status Sender::OnAck(const Ack& ack, int64_t now_ms) {
  if (std::none_of(in_flight_.begin(), in_flight_.end(),
                   [&](const InFlight& f) { return f.number == ack.number; })) {
    return absl::InvalidArgumentError(
        fmt::format("frame {} was acknowledged, but it is not under way", ack.number));
  }
  while (in_flight_.front().number != ack.number) {
    const InFlight before = TakeFirstInFlight();
    Ack moved;
    moved.cursor = before.hi;
    if (absl::Status status = Answer(before, moved, now_ms); !status.ok()) return status;
  }
  return Answer(TakeFirstInFlight(), ack, now_ms);
}

Sender::InFlight Sender::TakeFirstInFlight() {
  InFlight first = std::move(in_flight_.front());
  in_flight_.pop_front();
  return first;
}

absl::Status Sender::Answer(const InFlight& frame, const Ack& ack, int64_t now_ms) {
  flow_.OnAcknowledged(frame.bytes, ack.nacks.empty() && ack.retry_after_ms == 0);

  Lane& lane = scopes_.at(frame.scope).lanes[frame.lane];
  --lane.in_flight;
  lane.confirmed = std::max(lane.confirmed, ack.cursor);
  if (lane.confirmed >= lane.whole_until) lane.whole.clear();
  const bool taken = ack.nacks.empty() && ack.retry_after_ms == 0;
  if (!taken) asked_again_bytes_ += frame.bytes;
  if (taken && lane.confirmed < frame.hi) {
    lane.taken.emplace_back(frame.prev, frame.hi);
    std::sort(lane.taken.begin(), lane.taken.end());
  }
  if (!ack.nacks.empty()) {
    lane.gap = true;
    lane.whole.insert(lane.whole.end(), ack.nacks.begin(), ack.nacks.end());
    lane.whole_until = std::max(lane.whole_until, frame.hi);
  }
  if (ack.retry_after_ms > 0) {
    lane.gap = true;
    lane.stuck = 0;
    paused_until_ms_ = std::max(paused_until_ms_, now_ms + ack.retry_after_ms);
  }
  return GoBackIfDrained(frame.scope, &lane);
}

void Sender::PassTaken(Lane* lane) {
  std::erase_if(lane->taken, [&](const auto& stretch) { return stretch.second <= lane->confirmed; });
  for (const auto& [after, to] : lane->taken) {
    if (after <= lane->sent) lane->sent = std::max(lane->sent, to);
  }
}

absl::Status Sender::GoBackIfDrained(const std::string& scope, Lane* lane) {
  if (lane->in_flight > 0) return absl::OkStatus();
  lane->gap = false;
  if (lane->confirmed >= lane->told) {
    lane->stuck = 0;
    lane->told = lane->confirmed;
    lane->sent = std::max(lane->sent, lane->told);
    PassTaken(lane);
    return absl::OkStatus();
  }
  lane->stuck = lane->confirmed > lane->went_back_to ? 0 : lane->stuck + 1;
  if (lane->stuck > kMostGoingsBack) {
    return absl::AbortedError(fmt::format(
        "scope {} does not get past {}: the peer keeps sending the same part back", scope, lane->confirmed));
  }
  lane->went_back_to = lane->confirmed;
  lane->sent = lane->told = lane->confirmed;
  PassTaken(lane);
  return absl::OkStatus();
}

bool Sender::AtHead(const std::string& scope_name) const {
  const auto it = scopes_.find(scope_name);
  if (it == scopes_.end() || !it->second.flowing) return false;
  return std::all_of(it->second.lanes.begin(), it->second.lanes.end(), [&](const Lane& lane) {
    const bool drained = lane.in_flight == 0 || Planted(Fault::kHeadBeforeDrained);
    return drained && !lane.gap && lane.sent >= it->second.head;
  });
}

uint64_t Sender::ConfirmedIn(const Lane& lane) const {
  // With nothing under way, entries between `told` and `sent` are such as the peer has already.
  const bool drained = lane.in_flight == 0 || Planted(Fault::kHeadBeforeDrained);
  return drained && !lane.gap ? lane.sent : lane.confirmed;
}

uint64_t Sender::Confirmed(const std::string& scope_name) const {
  const auto it = scopes_.find(scope_name);
  if (it == scopes_.end()) return 0;
  uint64_t least = UINT64_MAX;
  for (const Lane& lane : it->second.lanes) least = std::min(least, ConfirmedIn(lane));
  return least;
}

std::vector<LaneCursor> Sender::ConfirmedLanes(const std::string& scope_name) const {
  std::vector<LaneCursor> confirmed;
  const auto it = scopes_.find(scope_name);
  if (it == scopes_.end() || !it->second.flowing) return confirmed;
  for (uint8_t lane = 0; lane < kLanes; ++lane) {
    confirmed.push_back({it->second.epoch, lane, ConfirmedIn(it->second.lanes[lane])});
  }
  return confirmed;
}

bool Sender::HasSent(const std::string& scope) const {
  return std::any_of(in_flight_.begin(), in_flight_.end(),
                     [&](const InFlight& f) { return f.scope == scope; });
}

void Sender::RaiseConfirmed(const std::string& scope_name, uint64_t seq) {
  const auto it = scopes_.find(scope_name);
  if (it == scopes_.end()) return;
  for (Lane& lane : it->second.lanes) {
    if (lane.in_flight > 0 || lane.gap) continue;
    lane.confirmed = std::max(lane.confirmed, seq);
    lane.told = std::max(lane.told, seq);
    lane.sent = std::max(lane.sent, lane.told);
  }
}

}  // namespace trellis::session
