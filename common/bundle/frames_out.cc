#include "common/bundle/frames_out.h"

#include <algorithm>
#include <utility>

#include "common/session/opening.h"

namespace trellis {
namespace {

// Ends the recipient's timeline where it was last known: what came from it later is sent back rather than
// left out.
constexpr Epoch kAfterwards = UINT64_MAX;

Lineage UpTo(const ScopeOpening& told) {
  Lineage lineage(told.lineage);
  lineage.Append({kAfterwards, told.head + 1});
  return lineage;
}

}  // namespace

absl::StatusOr<ScopeOpening> OpenScopeFor(Replica* replica, const std::string& peer, const std::string& scope,
                                          bool cursors_void) {
  const absl::StatusOr<ScopeHead> head = replica->BeginScope(scope);
  if (!head.ok()) return head.status();
  ScopeOpening opening;
  opening.scope = scope;
  opening.head = head->seq;
  opening.reconcile = cursors_void;
  const std::vector<LineageRow>& rows = head->lineage.rows();
  const size_t told = std::min(rows.size(), session::kLineageRowsTold);
  opening.lineage.assign(rows.end() - static_cast<ptrdiff_t>(told), rows.end());
  if (cursors_void) return opening;
  const absl::StatusOr<std::vector<PeerCursor>> cursors = replica->Cursors(peer, scope);
  if (!cursors.ok()) return cursors.status();
  for (const PeerCursor& c : *cursors)
    opening.cursors.push_back({c.epoch, static_cast<uint8_t>(c.lane), c.seq, c.seen});
  return opening;
}

absl::Status FramesOut::Add(const ScopeOpening& mine, const ToldOpening& told) {
  const session::ResumePoints from = session::FindResumePoints(mine, mine.guessed);
  const bool leaves_out = told.has_value() && !told->lineage.empty() && !told->reconcile;
  const Lineage skipped = leaves_out ? UpTo(*told) : Lineage();
  if (leaves_out) bundle_->assumptions.push_back({mine.scope, told->lineage.back().epoch, told->head});
  uint64_t complete_to = UINT64_MAX;
  for (uint8_t lane = 0; lane < kLaneCount; ++lane) {
    const absl::StatusOr<uint64_t> end = AddLane(mine, skipped, lane, from.lane[lane]);
    if (!end.ok()) return end.status();
    complete_to = std::min(complete_to, *end);
  }
  if (full_) return absl::OkStatus();
  AtHead head;
  head.scope = mine.scope;
  head.epoch = mine.lineage.back().epoch;
  head.seq = complete_to;
  head.complete = true;
  bundle_->messages.emplace_back(std::move(head));
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> FramesOut::AddLane(const ScopeOpening& mine, const Lineage& skipped, uint8_t lane,
                                            uint64_t after) {
  FrameRequest request;
  request.scope = mine.scope;
  request.lane = static_cast<Lane>(lane);
  request.after = after;
  request.peer_lineage = skipped;
  request.max_items = kMostRecordsAFrame;
  request.max_bytes = kStateBytesAFrame;
  request.all_whole = true;
  request.vouch = vouch_;
  uint64_t told = after;
  while (true) {
    if (bytes_ >= most_bytes_ || frames_ + 2 * kLaneCount >= kMostBundleMessages) full_ = true;
    if (full_) return request.after;
    absl::StatusOr<ReplicaFrame> built = replica_->BuildFrame(request);
    if (!built.ok()) return built.status();
    if (built->hi <= request.after && !built->lane_end) {
      return absl::InternalError("a lane does not get on; check the store with `verify`");
    }
    request.after = built->hi;
    if (!built->items.empty()) {
      Frame frame{mine.scope, lane, built->epoch, told, built->hi, built->lane_end};
      frame.items = static_cast<uint32_t>(built->items.size());
      frame.number = ++frames_;
      frame.head = built->head;
      frame.body = codec_->Encode(mine.scope, 0, 0, built->items);
      told = built->hi;
      records_ += built->items.size();
      bytes_ += frame.body.size();
      bundle_->messages.emplace_back(std::move(frame));
    }
    if (built->lane_end) return built->hi;
  }
}

}  // namespace trellis
