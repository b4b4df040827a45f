// Finding what differs between two ends of a scope, and the whole states under way to mend it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "common/session/messages.h"
#include "common/session/step.h"

namespace trellis::session {

// The buckets of `mine` and `theirs` that differ, in order. Buckets absent from a list are empty.
std::vector<uint32_t> DifferingBuckets(const std::vector<Narrow::Bucket>& mine,
                                       const std::vector<Narrow::Bucket>& theirs);

// What to do about one bucket, seen by the end that was told the other's versions.
struct Differences {
  std::vector<RecordId> to_send;        // I hold another version, or the other holds none
  std::vector<Versions::Entry> to_ask;  // the other holds another version, mine beside it (zero: none)
};
Differences Compare(const std::vector<Versions::Entry>& mine, const std::vector<Versions::Entry>& theirs,
                    const std::vector<RecordId>& left_out);

// The server's walk through the buckets of one scope: one bucket at a time.
class BucketWalk {
 public:
  bool active() const { return active_; }
  void Begin(std::vector<uint32_t> buckets);
  // The bucket to tell the versions of; nullopt when none is left.
  std::optional<uint32_t> Next();
  // The bucket's versions were told and are not answered yet.
  bool waiting() const { return waiting_; }
  void Answered() { waiting_ = false; }
  void End() { active_ = false; }

 private:
  std::deque<uint32_t> buckets_;
  bool active_ = false;
  bool waiting_ = false;
};

// When the site may narrow again. The first three times at once; then the wait doubles from a second to an
// hour, so that what cannot be mended (a record one end refuses) costs next to nothing.
class NarrowPace {
 public:
  bool MayBegin(int64_t now_ms) const { return now_ms >= not_before_ms_; }
  void Begun(int64_t now_ms);
  void Mended() { *this = NarrowPace(); }

 private:
  int attempts_ = 0;
  int64_t not_before_ms_ = 0;
};

// Whole states and answers waiting to be sent, and what is not acknowledged yet.
class RepairQueue {
 public:
  struct Work {
    std::string scope;
    std::vector<RecordId> ids;
    std::optional<Versions> then;  // said after the last of the ids
  };
  void Add(Work work) { queue_.push_back(std::move(work)); }
  bool empty() const { return queue_.empty(); }
  Work& front() { return queue_.front(); }
  void PopFront() { queue_.pop_front(); }

  Repair OnBuilt(RepairBuilt built);
  // The bytes acknowledged; nullopt if that is not the one under way.
  std::optional<size_t> OnAck(const RepairAck& ack);
  // Nothing of the scope is waiting or under way.
  bool Idle(const std::string& scope) const;
  bool in_flight() const { return !in_flight_.empty(); }

 private:
  struct InFlight {
    uint64_t number;
    std::string scope;
    size_t bytes;
  };
  std::deque<Work> queue_;
  std::deque<InFlight> in_flight_;
  uint64_t next_number_ = 1;
};

}  // namespace trellis::session
