#include "common/session/verdict.h"

#include <utility>

#include "common/time/planted.h"

namespace trellis::session {

Hash128 SumOf(const std::vector<RecordId>& ids) {
  Hash128 sum;
  for (const RecordId& id : ids) sum += Hash128::FromBytes(id.view());
  return sum;
}

void Comparison::OnPeerHead(AtHead head) {
  peer_ = std::move(head);
  judged_ = false;
}

std::vector<RecordId> Comparison::PeerSetAside() const {
  return peer_.has_value() ? peer_->set_aside : std::vector<RecordId>();
}

std::optional<AtHead> Comparison::Announcement(const HeadRead& mine, Epoch epoch, uint64_t held,
                                               bool complete, bool again) {
  AtHead head;
  head.scope = mine.scope;
  head.epoch = epoch;
  head.seq = mine.seq;
  head.complete = complete;
  head.your_cursor = held;
  head.records = mine.records;
  head.digest = mine.digest;
  if (mine.set_aside.size() <= kMostSetAsideTold) head.set_aside = mine.set_aside;
  head.heard = SumOf(PeerSetAside());
  if (!again && announced_ == head) return std::nullopt;
  announced_ = head;
  return head;
}

bool Comparison::ValidCut(const HeadRead& mine, uint64_t held) const {
  if (Planted(Fault::kVerdictAtAnyCut)) return peer_.has_value();
  return peer_.has_value() && peer_->your_cursor == mine.seq && held >= peer_->seq &&
         mine.set_aside.size() <= kMostSetAsideTold && peer_->heard == SumOf(mine.set_aside);
}

std::optional<bool> Comparison::Judge(const HeadRead& mine, uint64_t held) {
  if (!ValidCut(mine, held)) return std::nullopt;
  if (judged_ && judged_seq_ == mine.seq) return std::nullopt;
  judged_ = true;
  judged_seq_ = mine.seq;
  verified_ = peer_->digest == mine.digest;
  return verified_;
}

bool Comparison::StandsUnequal(const HeadRead& mine, uint64_t held) const {
  return judged_ && judged_seq_ == mine.seq && !verified_ && ValidCut(mine, held);
}

}  // namespace trellis::session
