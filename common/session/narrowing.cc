#include "common/session/narrowing.h"

#include <algorithm>
#include <map>
#include <utility>

namespace trellis::session {

std::vector<uint32_t> DifferingBuckets(const std::vector<Narrow::Bucket>& mine,
                                       const std::vector<Narrow::Bucket>& theirs) {
  std::map<uint32_t, Hash128> digests;
  for (const Narrow::Bucket& bucket : mine) digests[bucket.bucket] += bucket.digest;
  for (const Narrow::Bucket& bucket : theirs) digests[bucket.bucket] -= bucket.digest;
  std::vector<uint32_t> differing;
  for (const auto& [bucket, difference] : digests) {
    if (difference != Hash128()) differing.push_back(bucket);
  }
  return differing;
}

Differences Compare(const std::vector<Versions::Entry>& mine, const std::vector<Versions::Entry>& theirs,
                    const std::vector<RecordId>& left_out) {
  struct Pair {
    Hash128 mine;
    Hash128 theirs;
  };
  std::map<RecordId, Pair> versions;
  for (const Versions::Entry& entry : mine) versions[entry.id].mine = entry.version;
  for (const Versions::Entry& entry : theirs) versions[entry.id].theirs = entry.version;
  for (const RecordId& id : left_out) versions.erase(id);
  Differences differences;
  for (const auto& [id, version] : versions) {
    if (version.mine == version.theirs) continue;
    if (version.mine != Hash128()) differences.to_send.push_back(id);
    if (version.theirs != Hash128()) differences.to_ask.push_back({id, version.mine});
  }
  return differences;
}

void BucketWalk::Begin(std::vector<uint32_t> buckets) {
  buckets_.assign(buckets.begin(), buckets.end());
  active_ = true;
}

std::optional<uint32_t> BucketWalk::Next() {
  if (buckets_.empty()) return std::nullopt;
  const uint32_t bucket = buckets_.front();
  buckets_.pop_front();
  waiting_ = true;
  return bucket;
}

void NarrowPace::Begun(int64_t now_ms) {
  constexpr int kAtOnce = 3;
  constexpr int64_t kLongestWaitMs = 3'600'000;
  ++attempts_;
  if (attempts_ < kAtOnce) return;
  const int doublings = std::min(attempts_ - kAtOnce, 12);
  not_before_ms_ = now_ms + std::min(int64_t{1000} << doublings, kLongestWaitMs);
}

Repair RepairQueue::OnBuilt(RepairBuilt built) {
  Repair repair{built.scope, std::move(built.body), next_number_++};
  in_flight_.push_back({repair.number, repair.scope, repair.body.size()});
  return repair;
}

std::optional<size_t> RepairQueue::OnAck(const RepairAck& ack) {
  if (in_flight_.empty() || in_flight_.front().number != ack.number) return std::nullopt;
  const size_t bytes = in_flight_.front().bytes;
  in_flight_.pop_front();
  return bytes;
}

bool RepairQueue::Idle(const std::string& scope) const {
  return std::none_of(queue_.begin(), queue_.end(), [&](const Work& w) { return w.scope == scope; }) &&
         std::none_of(in_flight_.begin(), in_flight_.end(),
                      [&](const InFlight& f) { return f.scope == scope; });
}

}  // namespace trellis::session
