// What each message of a live session does.
#include <algorithm>
#include <utility>

#include "common/session/session.h"
#include "fmt/format.h"

namespace trellis {

void Session::OnMessage(Frame frame) {
  if (Scope* scope = Find(frame.scope)) {
    scope->comparing_in = false;
    scope->compare_heard = false;
  }
  absl::StatusOr<session::ApplyFrame> apply = receiver_.Accept(std::move(frame));
  if (!apply.ok()) return EndUnlessOk(apply.status());
  Emit(*std::move(apply));
}

void Session::OnMessage(const Ack& ack) {
  last_progress_ms_ = now_ms_;
  const std::string name = ack.scope;
  const absl::Status status = sender_.OnAck(ack, now_ms_);
  if (!status.ok()) return EndUnlessOk(status);
  Scope* scope = Find(name);
  if (scope != nullptr && sender_.AtHead(name)) scope->dirty = true;
}

void Session::OnMessage(AtHead head) {
  Scope* scope = Find(head.scope);
  if (scope == nullptr) return Refuse(fmt::format("scope {} was not granted", head.scope), true);
  if (head.epoch != scope->theirs.lineage.back().epoch) {
    return Refuse(fmt::format("scope {} changed its epoch within a session", head.scope), true);
  }
  if (head.set_aside.size() > session::kMostSetAsideTold) {
    return Refuse(fmt::format("{} ids set aside are more than may be told", head.set_aside.size()), true);
  }
  if (scope->comparing_out) FinishComparingOut(scope, head);
  if (scope->sends) {
    sender_.RaiseConfirmed(head.scope,
                           std::min(head.your_cursor, scope->head.has_value() ? scope->head->seq : 0));
    if (head.your_cursor > scope->remembered) {
      scope->remembered = head.your_cursor;
      Emit(session::RememberPushed{head.scope, scope->mine.lineage.back().epoch, head.your_cursor});
    }
  }
  if (scope->receives && head.complete) {
    scope->comparing_in = false;
    if (receiver_.Held(head.scope) < head.seq) {
      Emit(session::AdvanceCursors{head.scope, head.epoch, head.seq});
    }
    receiver_.Advance(head.scope, head.seq);
  }
  scope->compare_heard = scope->comparing_in;
  scope->dirty = true;
  scope->announce_pace.Heard();
  scope->comparison.OnPeerHead(std::move(head));
}

void Session::Announce(Scope* scope) {
  const std::string& name = scope->mine.scope;
  const Epoch epoch = scope->mine.lineage.back().epoch;
  const uint64_t held = receiver_.Held(name);
  if (scope->comparing_out) {
    // Once to ask, and once to answer if the peer asks too.
    if (scope->compare_said && !scope->announce_again) return;
    if (!scope->compare_said) {
      scope->compare_seq = scope->head->seq;
      scope->compare_said = true;
    } else {
      scope->announce_again = false;
    }
    return Say(*scope->comparison.Announcement(*scope->head, epoch, held, false, true));
  }
  if (scope->comparing_in) return;
  const bool complete = sender_.AtHead(name) && sender_.Confirmed(name) >= scope->head->seq;
  const bool may_announce = complete && !receiver_.MidStream(name) && !scope->walk.active();
  if (!may_announce && !scope->announce_again) return;
  const bool again = std::exchange(scope->announce_again, false);
  if (!again && !scope->announce_pace.MaySay(now_ms_)) return;
  std::optional<AtHead> head = scope->comparison.Announcement(*scope->head, epoch, held, complete, again);
  if (!head.has_value()) return scope->announce_pace.Known();
  if (!again) scope->announce_pace.Said(now_ms_);
  SayHeldAck();
  Say(*std::move(head));
}

void Session::Evaluate(Scope* scope) {
  if (!scope->head.has_value() || !scope->sends) return;
  const std::string& name = scope->mine.scope;
  Announce(scope);
  if (std::exchange(scope->walked, false)) Say(Versions{name, kNoMoreBuckets, {}, false});
  if (scope->comparing_out || scope->comparing_in || !scope->receives) return;
  const uint64_t held = receiver_.Held(name);
  const std::optional<bool> equal = scope->comparison.Judge(*scope->head, held);
  if (equal.has_value()) {
    const AtHead& peer = scope->comparison.peer();
    Emit(session::Verdict{name, *equal, scope->mine.lineage.back().epoch, scope->head->seq, peer.epoch,
                          peer.seq, scope->head->records, scope->head->digest,
                          scope->head->set_aside.size() + peer.set_aside.size()});
    if (*equal) scope->pace.Mended();
  }
  if (scope->comparison.StandsUnequal(*scope->head, held)) BeginNarrowing(scope);
}

void Session::BeginNarrowing(Scope* scope) {
  if (config_.side != Side::kSite || scope->narrowing || !scope->pace.MayBegin(now_ms_)) return;
  scope->narrowing = true;
  scope->pace.Begun(now_ms_);
  Emit(session::ReadBuckets{scope->mine.scope});
}

void Session::OnMessage(Narrow narrow) {
  Scope* scope = Find(narrow.scope);
  if (scope == nullptr || !scope->sends || !scope->receives) {
    return Refuse(fmt::format("scope {} was not granted both ways", narrow.scope), true);
  }
  if (config_.side != Side::kServer || scope->walk.active())
    return Refuse("a Narrow came that was not due", true);
  scope->peer_buckets = std::move(narrow.buckets);
  Emit(session::ReadBuckets{narrow.scope});
}

void Session::On(session::BucketsRead event) {
  Scope& scope = scopes_.at(event.scope);
  if (config_.side == Side::kSite) return Say(Narrow{event.scope, std::move(event.buckets)});
  scope.walk.Begin(session::DifferingBuckets(event.buckets, *scope.peer_buckets));
  scope.peer_buckets.reset();
  ContinueWalk(&scope);
}

void Session::ContinueWalk(Scope* scope) {
  if (scope->walk.waiting()) return;
  if (const std::optional<uint32_t> bucket = scope->walk.Next()) {
    return Emit(session::ReadVersions{scope->mine.scope, *bucket});
  }
  if (!repairs_.Idle(scope->mine.scope)) return;
  scope->walk.End();
  scope->walked = true;
  scope->announce_again = true;
  scope->dirty = true;
}

void Session::OnMessage(Versions versions) {
  Scope* scope = Find(versions.scope);
  if (scope == nullptr || !scope->sends || !scope->receives) {
    return Refuse(fmt::format("scope {} was not granted both ways", versions.scope), true);
  }
  last_progress_ms_ = now_ms_;
  if (config_.side == Side::kSite) {
    if (versions.reply || !scope->narrowing || scope->peer_versions.has_value()) {
      return Refuse("Versions came that were not due", true);
    }
    if (versions.bucket == kNoMoreBuckets) {
      scope->narrowing = false;
      scope->dirty = true;
      return;
    }
    const uint32_t bucket = versions.bucket;
    scope->peer_versions = std::move(versions);
    return Emit(session::ReadVersions{scope->mine.scope, bucket});
  }
  if (!versions.reply || !scope->walk.active()) return Refuse("Versions came that were not due", true);
  scope->walk.Answered();
  session::RepairQueue::Work work{versions.scope, {}, std::nullopt};
  for (const Versions::Entry& entry : versions.entries) work.ids.push_back(entry.id);
  if (!work.ids.empty()) repairs_.Add(std::move(work));
  ContinueWalk(scope);
}

void Session::On(session::VersionsRead event) {
  Scope& scope = scopes_.at(event.scope);
  if (config_.side == Side::kServer) {
    return Say(Versions{event.scope, event.bucket, std::move(event.entries), false});
  }
  session::Differences differences =
      session::Compare(event.entries, scope.peer_versions->entries, LeftOut(scope));
  scope.peer_versions.reset();
  Versions answer{event.scope, event.bucket, std::move(differences.to_ask), true};
  repairs_.Add({event.scope, std::move(differences.to_send), std::move(answer)});
}

std::vector<RecordId> Session::LeftOut(const Scope& scope) const {
  std::vector<RecordId> ids = scope.comparison.PeerSetAside();
  if (scope.head.has_value())
    ids.insert(ids.end(), scope.head->set_aside.begin(), scope.head->set_aside.end());
  return ids;
}

void Session::On(session::RepairBuilt event) {
  awaiting_result_ = false;
  std::vector<RecordId>& ids = repairs_.front().ids;
  ids.erase(ids.begin(), ids.begin() + std::min(std::max<size_t>(event.taken, 1), ids.size()));
  if (event.body.empty()) return;
  sender_.flow().OnSent(event.body.size());
  Say(repairs_.OnBuilt(std::move(event)));
}

void Session::OnMessage(Repair repair) {
  Scope* scope = Find(repair.scope);
  if (scope == nullptr || !scope->receives || !scope->sends) {
    return Refuse(fmt::format("scope {} was not granted both ways", repair.scope), true);
  }
  Emit(session::ApplyRepair{std::move(repair)});
}

void Session::OnMessage(const RepairAck& ack) {
  last_progress_ms_ = now_ms_;
  const std::optional<size_t> bytes = repairs_.OnAck(ack);
  if (!bytes.has_value()) return Refuse("a repair was acknowledged that is not under way", true);
  sender_.flow().OnAcknowledged(*bytes, true);
  Scope* scope = Find(ack.scope);
  if (scope != nullptr && scope->walk.active() && repairs_.Idle(ack.scope)) {
    ContinueWalk(scope);
  }
}

void Session::OnMessage(Receipt receipt) {
  if (config_.side != Side::kSite) return Refuse("only a server gives receipts", true);
  if (Find(receipt.scope) == nullptr) {
    return Refuse(fmt::format("a receipt of scope {} came, which was not granted", receipt.scope), true);
  }
  Emit(session::KeepReceipt{std::move(receipt)});
}

void Session::OnMessage(Bye bye) { End(std::move(bye.reason), bye.retry_after_ms, bye.fatal); }

}  // namespace trellis
