// Merges the items of a frame, or of a repair, within one draft: all of them, or, if one has to be sent
// whole, none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/merge/merge.h"
#include "common/replica/draft.h"
#include "common/replica/record_change.h"
#include "common/replica/record_indexer.h"
#include "common/replica/replica.h"
#include "common/replica/writer_check.h"
#include "common/time/hybrid_time.h"

namespace trellis {

// What is wrong with a frame whatever the store holds.
absl::Status CheckFrame(const ReplicaFrame& frame);

// What it is given must outlive it.
class FrameMerger {
 public:
  struct Place {
    Draft* draft = nullptr;
    HashKey key{};
    HybridClock* clock = nullptr;
    const RecordIndexer* indexer = nullptr;
  };
  // `sender` is what an item that makes us equal to the sender gets as its origin.
  FrameMerger(const Place& place, std::string scope, Lane lane, const Origin& sender,
              const ApplyOptions& options);

  // After an answer with nacks the draft must be dropped.
  absl::StatusOr<ApplyOutcome> Merge(const std::vector<Delta>& items);

 private:
  absl::Status MergeItem(const Delta& item, const std::optional<std::string>& row);
  // `equal`: `after` is the sender's whole state.
  absl::Status StoreMerged(const Delta& item, bool equal, const StoredRecord* before, StoredRecord* after);
  absl::Status SetItemAside(const Delta& item, const std::string& reason, SetAsideCause cause);
  // Why the item may not be taken from this peer: set aside then, and *taken false.
  absl::Status Admit(const Delta& item, const MergeResult& result, const Context& held, bool* taken);
  // What this store can prove of `after`, which `item` was merged into.
  std::vector<Voucher> VouchersOf(const Delta& item, const StoredRecord* before,
                                  const StoredRecord& after) const;
  // Items of the record that would change nothing any more need not be kept.
  absl::Status ForgetMerged(const RecordId& id, const RecordState& state);
  // Effective stamps far ahead of the receipt are lowered to it; nullopt if there is none.
  std::optional<Delta> Lowered(const Delta& item) const;

  const Place place_;
  ScopeFacts* const scope_;
  const std::string scope_name_;
  const Lane lane_;
  const Origin sender_;
  const ApplyOptions& options_;
  RecordChanges records_;
  std::optional<WriterCheck> writers_;
  ApplyOutcome outcome_;
};

}  // namespace trellis
