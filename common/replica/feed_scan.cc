// The feed of a scope over all lanes, in seq order: what a view follows.
#include <algorithm>
#include <map>
#include <utility>

#include "common/replica/replica_store.h"
#include "common/tables/feed_table.h"
#include "common/tables/key_codec.h"

namespace trellis {
namespace {

constexpr size_t kChunk = 256;
// What travels in the last lane is large (parts of files): this much of it is held at a time.
constexpr size_t kBulkChunk = 16;

// Up to a chunk of live entries above `after` in every lane, and how far they are complete over all lanes.
struct FeedChunk {
  std::map<uint64_t, RecordId> entries;  // by seq
  uint64_t complete_to = UINT64_MAX;
};

absl::StatusOr<FeedChunk> ReadFeedChunk(const ReadView& view, ScopeNumber scope, uint64_t after) {
  FeedChunk chunk;
  for (int lane = 0; lane < kLaneCount; ++lane) {
    const size_t most = static_cast<Lane>(lane) == Lane::kBulk ? kBulkChunk : kChunk;
    size_t count = 0;
    uint64_t last = 0;
    bool damaged = false;
    const absl::Status status = view.Scan(FeedKey(scope, static_cast<Lane>(lane), after + 1),
                                          PrefixEnd(FeedLanePrefix(scope, static_cast<Lane>(lane))), false,
                                          [&](std::string_view key, std::string_view value) {
                                            damaged = value.size() != 16;
                                            if (damaged) return false;
                                            last = FeedSeqOfKey(key);
                                            chunk.entries.emplace(last, RecordId::FromBytes(value));
                                            return ++count < most && last < chunk.complete_to;
                                          });
    if (!status.ok()) return status;
    if (damaged) return absl::DataLossError(kDamagedRow);
    if (count == most) chunk.complete_to = std::min(chunk.complete_to, last);
  }
  return chunk;
}

}  // namespace

absl::Status ReplicaStore::ScanFeed(
    std::string_view scope, uint64_t after,
    const std::function<bool(uint64_t, const RecordId&, const StoredRecord&)>& visit) const {
  const ScopeView place = ViewOf(scope);
  bool stopped = place.number == 0;
  while (!stopped) {
    const absl::StatusOr<FeedChunk> chunk = ReadFeedChunk(*place.view, place.number, after);
    if (!chunk.ok()) return chunk.status();
    std::vector<RecordId> ids;
    std::vector<uint64_t> seqs;
    for (const auto& [seq, id] : chunk->entries) {
      if (seq > chunk->complete_to) break;
      ids.push_back(id);
      seqs.push_back(seq);
    }
    size_t next = 0;
    absl::Status status = VisitRecords(
        place, ids,
        [&](const RecordId& id, const StoredRecord& record) { return visit(seqs[next++], id, record); },
        &stopped);
    if (!status.ok() || chunk->complete_to == UINT64_MAX) return status;
    after = chunk->complete_to;
  }
  return absl::OkStatus();
}

}  // namespace trellis
