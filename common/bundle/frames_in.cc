#include "common/bundle/frames_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/bundle/frames_out.h"

namespace trellis {

absl::StatusOr<FramesTaken> FramesIn::Take(const Bundle& bundle, const std::vector<ScopeOpening>& openings) {
  if (absl::Status opened = Open(bundle, openings); !opened.ok()) return opened;
  for (const SyncMessage& message : bundle.messages) {
    const auto* frame = std::get_if<Frame>(&message);
    const auto* head = std::get_if<AtHead>(&message);
    if (frame != nullptr) {
      if (absl::Status good = Check(*frame); !good.ok()) return good;
    }
    if (head != nullptr && (!scopes_.contains(head->scope) || head->epoch != scopes_.at(head->scope).epoch)) {
      return absl::InvalidArgumentError(
          fmt::format("the bundle ends scope {}, which it did not open", head->scope));
    }
  }
  FramesTaken taken;
  for (const auto& [name, scope] : scopes_) taken.cursors_stayed |= !scope.cursors_move;
  for (const SyncMessage& message : bundle.messages) {
    absl::Status status;
    if (const auto* frame = std::get_if<Frame>(&message)) status = TakeFrame(*frame, &taken);
    if (const auto* head = std::get_if<AtHead>(&message)) status = TakeHead(*head);
    if (!status.ok()) return status;
  }
  return taken;
}

absl::Status FramesIn::Open(const Bundle& bundle, const std::vector<ScopeOpening>& openings) {
  scopes_.clear();
  for (const ScopeOpening& theirs : openings) {
    const auto grant = std::find_if(config_->scopes.begin(), config_->scopes.end(),
                                    [&](const ScopeGrant& g) { return g.scope == theirs.scope; });
    if (grant == config_->scopes.end()) {
      return absl::PermissionDeniedError(fmt::format("scope {} is none of the site's", theirs.scope));
    }
    if (const std::optional<std::string> problem = session::ProblemOf(theirs)) {
      return absl::InvalidArgumentError(*problem);
    }
    if (!MayReceive(config_->side, *grant)) continue;
    absl::StatusOr<ScopeOpening> mine =
        OpenScopeFor(replica_, config_->peer, theirs.scope, config_->reconcile);
    if (!mine.ok()) return mine.status();
    Scope& scope = scopes_[theirs.scope];
    scope.epoch = theirs.lineage.back().epoch;
    scope.held = session::FindResumePoints(theirs, mine->cursors);
    const session::ResumePoints from = session::FindResumePoints(theirs, theirs.guessed);
    for (size_t lane = 0; lane < from.lane.size(); ++lane) {
      if (from.lane[lane] > scope.held.lane[lane]) scope.unbroken = false;
    }
    scope.cursors_move = !config_->reconcile;
  }
  for (const BundleAssumption& assumption : bundle.assumptions) {
    const auto scope = scopes_.find(assumption.scope);
    if (scope == scopes_.end()) continue;
    const absl::StatusOr<bool> holds = Holds(assumption);
    if (!holds.ok()) return holds.status();
    scope->second.cursors_move = scope->second.cursors_move && *holds;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> FramesIn::Holds(const BundleAssumption& assumption) const {
  const absl::StatusOr<ScopeHead> head = replica_->Head(assumption.scope);
  if (!head.ok()) return head.status();
  const bool present = !head->lineage.empty() && head->lineage.present() == assumption.epoch;
  return present ? assumption.head <= head->seq : head->lineage.Contains(assumption.epoch, assumption.head);
}

absl::Status FramesIn::Check(const Frame& frame) const {
  const auto scope = scopes_.find(frame.scope);
  if (scope == scopes_.end()) {
    return absl::PermissionDeniedError(
        fmt::format("the bundle brings scope {}, which may not come from there", frame.scope));
  }
  if (frame.lane >= kLaneCount || frame.epoch != scope->second.epoch || frame.hi <= frame.prev) {
    return absl::InvalidArgumentError(
        fmt::format("frame {} of scope {} makes no sense", frame.number, frame.scope));
  }
  const absl::StatusOr<std::vector<Delta>> items = codec_->Decode(frame.scope, 0, 0, frame.body);
  if (!items.ok()) return items.status();
  if (items->empty() || items->size() != frame.items) {
    return absl::InvalidArgumentError(
        fmt::format("frame {} of scope {} does not hold what it says", frame.number, frame.scope));
  }
  return absl::OkStatus();
}

absl::Status FramesIn::TakeFrame(const Frame& frame, FramesTaken* taken) {
  Scope& scope = scopes_.at(frame.scope);
  absl::StatusOr<std::vector<Delta>> items = codec_->Decode(frame.scope, 0, 0, frame.body);
  if (!items.ok()) return items.status();
  ApplyOptions options = ApplyOptionsOf(*config_, *clock_);
  options.cursor_floor = scope.held.lane[frame.lane];
  const size_t records = items->size();
  absl::StatusOr<ApplyOutcome> outcome;
  if (scope.cursors_move) {
    ReplicaFrame merged{frame.scope,   static_cast<Lane>(frame.lane), frame.epoch, frame.prev, frame.hi,
                        frame.lane_end};
    merged.items = *std::move(items);
    merged.head = frame.head;
    outcome = replica_->ApplyFrame(merged, options);
  } else {
    outcome = replica_->ApplyRepair(frame.scope, *items, options);
  }
  if (!outcome.ok()) return outcome.status();
  Ack ack;
  ack.number = frame.number;
  ack.scope = frame.scope;
  ack.lane = frame.lane;
  ack.epoch = frame.epoch;
  ack.cursor = scope.cursors_move ? outcome->cursor : 0;
  ack.nacks = std::move(outcome->nacks);
  for (SetAside& item : outcome->set_aside) ack.set_aside.push_back({item.id, std::move(item.reason)});
  if (ack.cursor < frame.hi) scope.unbroken = false;
  taken->records += records;
  taken->changed += outcome->changed;
  taken->set_aside += ack.set_aside.size();
  taken->acks.push_back(std::move(ack));
  return absl::OkStatus();
}

absl::Status FramesIn::TakeHead(const AtHead& head) {
  const Scope& scope = scopes_.at(head.scope);
  if (!head.complete || !scope.cursors_move || !scope.unbroken || head.seq == 0) return absl::OkStatus();
  return replica_->AdvanceToHead(config_->peer, head.scope, head.epoch, head.seq);
}

}  // namespace trellis
