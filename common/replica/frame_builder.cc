#include "common/replica/frame_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/merge/merge.h"
#include "common/replica/record_change.h"
#include "common/tables/feed_table.h"
#include "common/tables/key_codec.h"
#include "common/tables/record_table.h"
#include "common/tables/store_tables.h"

namespace trellis {
namespace {

// Entries read at a time, and left out at most in one frame: bounds how long one call reads.
constexpr size_t kReadAhead = 256;
// What travels in the last lane is large: two parts of a file fill a frame.
constexpr size_t kBulkReadAhead = 4;
constexpr size_t kMaxLeftOut = 16 * 1024;

struct FeedEntry {
  uint64_t seq = 0;
  RecordId id;
};

class FrameBuilder {
 public:
  FrameBuilder(const CommitPath& path, const ReadView& view, const HashKey& key, const FrameRequest& request,
               const ScopeFacts& scope)
      : path_(path), view_(view), key_(key), request_(request), scope_(scope) {}

  absl::StatusOr<ReplicaFrame> Run() {
    frame_.scope = request_.scope;
    frame_.lane = request_.lane;
    frame_.epoch = path_.epoch();
    frame_.prev = request_.after;
    frame_.hi = request_.after;
    if (absl::Status status = ReadHead(); !status.ok()) return status;
    const size_t max_items = std::max<size_t>(request_.max_items, 1);
    const size_t read_ahead = request_.lane == Lane::kBulk ? kBulkReadAhead : kReadAhead;
    while (!full_ && frame_.items.size() < max_items && left_out_ < kMaxLeftOut) {
      const size_t wanted = std::min(max_items - frame_.items.size(), read_ahead);
      auto entries = ReadFeed(request_.lane, frame_.hi, wanted);
      if (!entries.ok()) return entries.status();
      const size_t read = entries->size();
      while (!entries->empty() && entries->back().seq > request_.until) entries->pop_back();
      if (absl::Status status = Take(*entries); !status.ok()) return status;
      if (!full_ && entries->size() < read) {
        frame_.hi = request_.until;
        break;
      }
      if (!full_ && read < wanted) {
        // What the lane's last frame reflects: all of the scope's seq in this snapshot.
        frame_.hi = std::max(frame_.hi, frame_.head);
        frame_.lane_end = true;
        break;
      }
    }
    if (frame_.lane_end && !frame_.items.empty()) {
      if (absl::Status status = LookAtOtherLanes(); !status.ok()) return status;
    }
    return std::move(frame_);
  }

 private:
  absl::Status ReadHead() {
    const auto row = view_.Get(HeadKey(scope_.number));
    if (!row.ok()) return row.status();
    const std::optional<HeadRow> head = row->has_value() ? DecodeHeadRow(**row) : HeadRow();
    if (!head.has_value()) return absl::DataLossError(kDamagedRow);
    frame_.head = head->seq;
    return absl::OkStatus();
  }

  absl::Status LookAtOtherLanes() {
    frame_.complete = true;
    for (int i = 0; i < kLaneCount && frame_.complete; ++i) {
      const auto lane = static_cast<Lane>(i);
      if (lane == request_.lane || request_.sent[i] >= frame_.head) continue;
      const auto entries = ReadFeed(lane, request_.sent[i], 1);
      if (!entries.ok()) return entries.status();
      frame_.complete = entries->empty();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<FeedEntry>> ReadFeed(Lane lane, uint64_t after, size_t count) const {
    std::vector<FeedEntry> entries;
    bool damaged = false;
    const absl::Status status =
        view_.Scan(FeedKey(scope_.number, lane, after + 1), PrefixEnd(FeedLanePrefix(scope_.number, lane)),
                   false, [&](std::string_view key, std::string_view value) {
                     damaged = value.size() != 16;
                     if (!damaged) entries.push_back({FeedSeqOfKey(key), RecordId::FromBytes(value)});
                     return !damaged && entries.size() < count;
                   });
    if (!status.ok()) return status;
    if (damaged) return absl::DataLossError(kDamagedRow);
    return entries;
  }

  absl::Status Take(const std::vector<FeedEntry>& entries) {
    std::vector<std::string> keys;
    keys.reserve(entries.size());
    for (const FeedEntry& entry : entries) keys.push_back(RecordKey(scope_.number, entry.id));
    const auto rows = view_.MultiGet(keys);
    if (!rows.ok()) return rows.status();
    const NameOfKind name_of = [this](KindNumber number) { return path_.kinds().Name(number); };
    for (size_t i = 0; i < entries.size() && !full_; ++i) {
      if (!(*rows)[i].has_value()) return absl::DataLossError(kDamagedRow);
      absl::StatusOr<StoredRecord> record = ReadRecord(*(*rows)[i], name_of);
      if (!record.ok()) return record.status();
      if (request_.peer_lineage.Contains(record->origin.epoch, record->origin.seq)) {
        ++left_out_;
        frame_.hi = entries[i].seq;
      } else {
        TakeRecord(entries[i], *std::move(record), (*rows)[i]->size());
      }
    }
    return absl::OkStatus();
  }

  void TakeRecord(const FeedEntry& entry, StoredRecord record, size_t row_bytes) {
    if (!frame_.items.empty() && bytes_ + row_bytes > request_.max_bytes) {
      full_ = true;
      return;
    }
    bytes_ += row_bytes;
    frame_.hi = entry.seq;
    record.version = VersionHash(key_, entry.id, record.state);
    // A site sends on what it was given.
    std::vector<Voucher> vouchers = std::move(record.vouchers);
    if (request_.vouch.has_value() && HasWritesOfOthers(record.state)) {
      vouchers = {VouchFor(request_.vouch->key, request_.scope, entry.id, record.state)};
    }
    if (GoesAsDelta(entry.id, record)) {
      frame_.items.push_back(
          DeltaSince(entry.id, record.state, record.delta->base, record.delta->changed, record.version));
      // From a site a delta carries writes of its own only.
      if (request_.vouch.has_value()) frame_.items.back().vouchers = std::move(vouchers);
    } else {
      frame_.items.push_back({entry.id,
                              std::move(record.state.kind),
                              true,
                              {},
                              std::move(record.state.context),
                              std::move(record.state.cells),
                              record.version,
                              std::move(vouchers)});
    }
  }

  // Others than the peer's own site. A row that cannot be read costs a voucher, no more.
  bool HasWritesOfOthers(const RecordState& state) {
    return std::any_of(state.context.entries().begin(), state.context.entries().end(),
                       [&](const Context::Entry& entry) {
                         const auto [known, fresh] = of_peer_.emplace(entry.writer, false);
                         if (fresh) {
                           const auto owner = view_.Get(WriterKey(entry.writer));
                           known->second = owner.ok() && *owner == request_.vouch->owner;
                         }
                         return !known->second;
                       });
  }

  // The receiver most likely holds the base if its cursor has passed it, or if the base came from there. If
  // it does not, it says so and gets the whole.
  bool GoesAsDelta(const RecordId& id, const StoredRecord& record) const {
    if (!record.delta.has_value() || request_.all_whole) return false;
    if (std::find(request_.whole.begin(), request_.whole.end(), id) != request_.whole.end()) return false;
    const Origin& base = record.delta->base_origin;
    return record.delta->base_seq <= request_.after || request_.peer_lineage.Contains(base.epoch, base.seq);
  }

  const CommitPath& path_;
  const ReadView& view_;
  const HashKey& key_;
  const FrameRequest& request_;
  const ScopeFacts scope_;
  ReplicaFrame frame_;
  std::map<Writer, bool> of_peer_;  // whether it belongs to the peer's site
  size_t bytes_ = 0;
  size_t left_out_ = 0;
  bool full_ = false;  // the next record does not fit
};

}  // namespace

absl::StatusOr<ReplicaFrame> BuildReplicaFrame(const CommitPath& path, const HashKey& key,
                                               const FrameRequest& request) {
  const std::optional<ScopeFacts> scope = path.scopes().Find(request.scope);
  if (!scope.has_value() || !scope->in_lineage) {
    return absl::FailedPreconditionError(
        fmt::format("scope {} has not been begun since the store was opened", request.scope));
  }
  const std::unique_ptr<const ReadView> view = path.engine()->Snapshot();
  return FrameBuilder(path, *view, key, request, *scope).Run();
}

}  // namespace trellis
