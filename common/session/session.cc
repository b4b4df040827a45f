#include "common/session/session.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"

namespace trellis {

using session::FrameApplied;
using session::FrameBuilt;
using session::HeadRead;

namespace {

// Bounds what one repair looks up: a peer may ask for many ids that are not held.
constexpr size_t kMostIdsARepair = 1024;

}  // namespace

Session::Session(SessionConfig config)
    : config_(std::move(config)),
      stage_(config_.side == Side::kSite ? Stage::kStarting : Stage::kAwaitingHello),
      sender_(config_.flow) {
  for (const ScopeGrant& grant : config_.scopes) {
    Scope& scope = scopes_[grant.scope];
    scope.grant = grant;
    scope.announce_pace = session::AnnouncePace(config_.side);
    scope.sends = MaySend(config_.side, grant);
    scope.receives = MayReceive(config_.side, grant);
  }
}

session::Effects Session::Step(session::Event event) {
  effects_.clear();
  if (stage_ == Stage::kClosed) return {};
  std::visit([this]<typename Concrete>(Concrete&& concrete) { On(std::forward<Concrete>(concrete)); },
             std::move(event));
  if (stage_ != Stage::kClosed) Pump();
  return std::exchange(effects_, {});
}

Session::Scope* Session::Find(const std::string& name) {
  const auto it = scopes_.find(name);
  return it != scopes_.end() && it->second.joined ? &it->second : nullptr;
}

void Session::Refuse(std::string reason, bool fatal) {
  Say(Bye{reason, 0, fatal});
  End(std::move(reason), 0, fatal);
}

void Session::End(std::string reason, uint32_t retry_after_ms, bool fatal) {
  if (stage_ == Stage::kClosed) return;
  SetStage(Stage::kClosed);
  Emit(session::Close{std::move(reason), retry_after_ms, fatal});
}

void Session::EndUnlessOk(const absl::Status& status) {
  if (status.ok()) return;
  const bool fatal = absl::IsPermissionDenied(status) || absl::IsInvalidArgument(status);
  Refuse(std::string(status.message()), fatal);
}

void Session::On(session::Started) {
  if (stage_ != Stage::kStarting) return;
  SetStage(Stage::kOpening);
  session::OpenScopes open;
  for (const auto& [name, scope] : scopes_) open.scopes.push_back(name);
  Emit(std::move(open));
}

void Session::On(session::Received event) {
  const bool hello = std::holds_alternative<Hello>(event.message);
  const bool welcome = std::holds_alternative<Welcome>(event.message);
  const bool bye = std::holds_alternative<Bye>(event.message);
  if (hello && stage_ != Stage::kAwaitingHello)
    return Refuse("a second Hello, or one from a server, came", true);
  if (welcome && stage_ != Stage::kAwaitingWelcome) return Refuse("a Welcome came that was not due", true);
  if (!hello && !welcome && !bye && stage_ != Stage::kLive) {
    return Refuse("a message came before the session was opened", true);
  }
  std::visit([this]<typename Message>(Message&& message) { OnMessage(std::forward<Message>(message)); },
             std::move(event.message));
}

void Session::On(const session::Committed& event) {
  if (Scope* scope = Find(event.scope)) scope->dirty = true;
}

void Session::On(session::Ticked event) {
  if (!ticked_) last_progress_ms_ = event.steady_ms;
  ticked_ = true;
  now_ms_ = event.steady_ms;
  const bool waiting = stage_ != Stage::kLive || sender_.unacknowledged_frames() > 0 || repairs_.in_flight();
  if (!waiting) last_progress_ms_ = now_ms_;
  if (now_ms_ - last_progress_ms_ > kSilenceMs) {
    return Refuse("the peer gave no answer for a minute; the connection is given up and made anew", false);
  }
  SayHeldAck();
  held_ack_.Ticked();
  for (auto& [name, scope] : scopes_) {
    if (scope.joined && !scope.dirty) Evaluate(&scope);
  }
}

void Session::On(session::ScopesOpened event) {
  config_.side == Side::kSite ? OpenedAtSite(std::move(event.openings))
                              : OpenedAtServer(std::move(event.openings));
}

void Session::On(FrameBuilt event) {
  awaiting_result_ = false;
  const std::string name = event.scope;
  absl::StatusOr<std::optional<Frame>> frame = sender_.OnBuilt(std::move(event));
  if (!frame.ok()) return EndUnlessOk(frame.status());
  if (frame->has_value()) {
    if (sender_.unacknowledged_frames() == 1) last_progress_ms_ = now_ms_;
    return Say(*std::move(*frame));
  }
  Scope& scope = scopes_.at(name);
  if (scope.joined && sender_.AtHead(name)) scope.dirty = true;
}

void Session::On(FrameApplied event) {
  Scope& scope = scopes_.at(event.scope);
  if (event.changed || !event.set_aside.empty()) {
    scope.dirty = true;
    scope.comparison.Invalidate();
  }
  session::Answer answer = receiver_.OnApplied(std::move(event));
  if (answer.may_wait && held_ack_.MayHold(answer.frame_bytes)) {
    return held_ack_.Hold(std::move(answer.ack), answer.frame_bytes);
  }
  held_ack_.Take();  // this one answers it too
  held_ack_.Said();
  Say(std::move(answer.ack));
}

void Session::SayHeldAck() {
  if (std::optional<Ack> ack = held_ack_.Take()) Say(*std::move(ack));
}

void Session::On(HeadRead event) {
  awaiting_result_ = false;
  Scope& scope = scopes_.at(event.scope);
  if (!scope.head.has_value() || scope.head->seq != event.seq) {
    scope.comparison.Invalidate();
    scope.announce_pace.Changed(now_ms_);
  }
  sender_.SetHead(event.scope, event.seq);
  scope.head = std::move(event);
  if (scope.comparing_in && scope.compare_heard) FinishComparingIn(&scope);
  Evaluate(&scope);
}

void Session::On(const session::RepairApplied& event) {
  Scope& scope = scopes_.at(event.scope);
  if (event.changed) {
    scope.dirty = true;
    scope.comparison.Invalidate();
  }
  Say(RepairAck{event.number, event.scope});
}

void Session::On(session::Failed event) {
  Say(Bye{event.reason, event.retry_after_ms, event.fatal});
  End(std::move(event.reason), event.retry_after_ms, event.fatal);
}

void Session::Pump() {
  if (awaiting_result_ || (stage_ != Stage::kLive && stage_ != Stage::kAwaitingWelcome)) return;
  if (std::optional<session::BuildFrame> build = sender_.Next(now_ms_)) {
    awaiting_result_ = true;
    return Emit(*std::move(build));
  }
  if (PumpRepair()) return;
  for (auto& [name, scope] : scopes_) {
    if (!scope.dirty || !scope.joined) continue;
    scope.dirty = false;
    awaiting_result_ = true;
    return Emit(session::ReadHead{name, scope.comparison.PeerSetAside()});
  }
}

bool Session::PumpRepair() {
  while (!repairs_.empty()) {
    session::RepairQueue::Work& work = repairs_.front();
    if (!work.ids.empty()) {
      const Flow& flow = sender_.flow();
      if (flow.unacknowledged() > 0 && flow.Room() < flow.frame_bytes()) return false;
      awaiting_result_ = true;
      const size_t asked = std::min(work.ids.size(), kMostIdsARepair);
      const auto first = work.ids.begin();
      Emit(session::BuildRepair{
          work.scope, {first, first + static_cast<ptrdiff_t>(asked)}, flow.frame_bytes()});
      return true;
    }
    if (work.then.has_value()) Say(*std::move(work.then));
    repairs_.PopFront();
  }
  return false;
}

std::vector<Session::ScopeStanding> Session::Standing() const {
  std::vector<ScopeStanding> standing;
  for (const auto& [name, scope] : scopes_) {
    if (!scope.joined) continue;
    ScopeStanding line;
    line.scope = name;
    line.head = scope.head.has_value() ? scope.head->seq : scope.mine.head;
    line.pushed = scope.sends ? sender_.Confirmed(name) : 0;
    line.pulled = scope.receives ? receiver_.Pulled(name) : 0;
    line.peer_head = receiver_.peer_head(name);
    line.verified = scope.comparison.verified();
    line.repairing = scope.narrowing || scope.walk.active();
    standing.push_back(std::move(line));
  }
  return standing;
}

std::vector<LaneCursor> Session::Pushed(const std::string& scope) const {
  const auto it = scopes_.find(scope);
  if (it == scopes_.end() || !it->second.joined || !it->second.sends) return {};
  return sender_.ConfirmedLanes(scope);
}

}  // namespace trellis
