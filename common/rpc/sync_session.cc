#include "common/rpc/sync_session.h"

#include <utility>

namespace trellis {

SyncSession::SyncSession(Executor* executor, Replica* replica, const Clock* clock, ExchangeConfig config,
                         Observer observer)
    : strand_(executor),
      scopes_(config.scopes),
      peer_(config.peer),
      observer_(std::move(observer)),
      frame_bytes_(config.frame_bytes),
      window_bytes_(config.window_bytes),
      exchange_(replica, clock, std::move(config)) {}

void SyncSession::Attach(std::shared_ptr<SyncStream> stream) { stream_ = std::move(stream); }

void SyncSession::Start() {
  strand_.Post([self = shared_from_this()] {
    if (self->ended_) return;
    self->exchange_.Start();
    self->AfterStep();
  });
}

void SyncSession::Receive(SyncMessage message) {
  strand_.Post([self = shared_from_this(), message = std::move(message)] {
    if (self->ended_) return;
    if (self->tap_) self->tap_(message, /*outgoing=*/false);
    self->exchange_.Receive(message);
    self->AfterStep();
    if (!self->ended_) self->stream_->ReadAnother();
  });
}

void SyncSession::NoteCommit(std::string_view scope) {
  {
    std::lock_guard lock(notes_mutex_);
    const bool waiting = !noted_scopes_.empty();
    noted_scopes_.emplace(scope);
    if (waiting) return;
  }
  strand_.Post([self = shared_from_this()] { self->TakeNotes(); });
}

void SyncSession::TakeNotes() {
  std::set<std::string, std::less<>> scopes;
  {
    std::lock_guard lock(notes_mutex_);
    scopes.swap(noted_scopes_);
  }
  if (ended_) return;
  for (const std::string& scope : scopes) exchange_.LocalCommit(scope);
  AfterStep();
}

void SyncSession::Tick() {
  if (tick_waiting_.exchange(true)) return;
  strand_.Post([self = shared_from_this()] {
    self->tick_waiting_ = false;
    if (self->ended_) return;
    self->exchange_.Tick();
    self->AfterStep();
  });
}

void SyncSession::Dismiss(Bye bye) {
  strand_.Post([self = shared_from_this(), bye = std::move(bye)] {
    if (self->ended_) return;
    self->stream_->Send({bye});
    self->stream_->Close();
  });
}

void SyncSession::Ended() {
  strand_.Post([self = shared_from_this()] {
    if (self->ended_) return;
    self->ended_ = true;
    self->exchange_.Ended();
    self->observer_(self->exchange_.Status(), true);
    self->stream_ = nullptr;
  });
}

void SyncSession::AfterStep() {
  std::vector<SyncMessage> outgoing = exchange_.TakeOutgoing();
  frame_bytes_ = exchange_.frame_bytes();
  window_bytes_ = exchange_.window_bytes();
  if (tap_) {
    for (const SyncMessage& message : outgoing) tap_(message, /*outgoing=*/true);
  }
  const ExchangeStatus status = exchange_.Status();
  observer_(status, false);
  if (!outgoing.empty()) stream_->Send(std::move(outgoing));
  if (status.closed) stream_->Close();
}

}  // namespace trellis
