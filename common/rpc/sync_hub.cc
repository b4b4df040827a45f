#include "common/rpc/sync_hub.h"

#include <chrono>

namespace trellis {

SyncHub::SyncHub(Replica* replica) : replica_(replica) {
  listener_ = replica_->AddListener([this](std::string_view scope, uint64_t) { Committed(scope); });
  ticker_ = std::thread([this] { TickEachSecond(); });
}

SyncHub::~SyncHub() {
  replica_->RemoveListener(listener_);
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  ticker_.join();
}

void SyncHub::Add(const std::shared_ptr<SyncSession>& session) {
  std::lock_guard lock(mutex_);
  members_[session.get()] = session;
  for (const ScopeGrant& grant : session->scopes()) by_scope_[grant.scope][session.get()] = session;
}

void SyncHub::Remove(const SyncSession* session) {
  std::lock_guard lock(mutex_);
  auto it = members_.find(session);
  if (it == members_.end()) return;
  for (const ScopeGrant& grant : session->scopes()) {
    auto scope = by_scope_.find(grant.scope);
    if (scope == by_scope_.end()) continue;
    scope->second.erase(session);
    if (scope->second.empty()) by_scope_.erase(scope);
  }
  members_.erase(it);
}

std::vector<std::shared_ptr<SyncSession>> SyncHub::OfPeer(std::string_view peer) const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<SyncSession>> found;
  for (const auto& [key, session] : members_) {
    if (session->peer() == peer) found.push_back(session);
  }
  return found;
}

std::vector<std::shared_ptr<SyncSession>> SyncHub::All() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<SyncSession>> found;
  for (const auto& [key, session] : members_) found.push_back(session);
  return found;
}

void SyncHub::Committed(std::string_view scope) {
  std::lock_guard lock(mutex_);
  auto it = by_scope_.find(scope);
  if (it == by_scope_.end()) return;
  for (const auto& [key, session] : it->second) session->NoteCommit(scope);
}

void SyncHub::TickEachSecond() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, std::chrono::seconds(1));
    if (stopping_) return;
    for (const auto& [key, session] : members_) session->Tick();
  }
}

}  // namespace trellis
