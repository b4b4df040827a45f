#include "tests/unit/replica/replica_fixture.h"

#include <algorithm>
#include <map>
#include <set>

namespace trellis {

namespace {

// The sender was rewound below what the receiver has seen of the epoch, and that was not one head of all
// lanes: its cursors say nothing about this timeline.
bool Rewound(const std::vector<PeerCursor>& cursors, Epoch epoch, uint64_t end) {
  bool seen_beyond = false;
  int at_head = 0;
  for (const PeerCursor& cursor : cursors) {
    if (cursor.epoch != epoch) continue;
    if (cursor.seen > end) seen_beyond = true;
    if (cursor.seq == cursor.seen) ++at_head;
  }
  return seen_beyond && at_head < kLaneCount;
}

}  // namespace

uint64_t ResumeAt(const ScopeHead& sender, const std::vector<PeerCursor>& receiver_cursors, Lane lane) {
  const auto& rows = sender.lineage.rows();
  for (size_t i = rows.size(); i-- > 0;) {
    const uint64_t end = *sender.lineage.EndOf(rows[i].epoch);
    for (const PeerCursor& cursor : receiver_cursors) {
      if (cursor.epoch != rows[i].epoch || cursor.lane != lane) continue;
      if (!Rewound(receiver_cursors, cursor.epoch, end)) return std::min(cursor.seq, end);
    }
  }
  return 0;
}

size_t SendAll(const TestStore& sender, TestStore* receiver, const ApplyOptions& base_options,
               const std::optional<WriterRule>& vouch) {
  const ScopeHead head = *sender->BeginScope(kScope);
  const Lineage peer_lineage = (*receiver)->BeginScope(kScope)->lineage;
  size_t changed = 0;
  for (int lane = 0; lane < kLaneCount; ++lane) {
    FrameRequest request;
    request.scope = kScope;
    request.lane = static_cast<Lane>(lane);
    request.peer_lineage = peer_lineage;
    request.max_items = 3;
    request.vouch = vouch;
    request.after = ResumeAt(head, *(*receiver)->Cursors(sender.name(), kScope), request.lane);
    ApplyOptions options = base_options;
    options.peer = sender.name();
    options.cursor_floor = request.after;
    for (bool end = false; !end;) {
      const auto frame = sender->BuildFrame(request);
      EXPECT_TRUE(frame.ok()) << frame.status();
      const auto outcome = (*receiver)->ApplyFrame(*frame, options);
      EXPECT_TRUE(outcome.ok()) << outcome.status();
      request.whole = outcome->nacks;
      if (!outcome->nacks.empty()) continue;
      changed += outcome->changed;
      EXPECT_EQ(outcome->cursor, frame->hi);
      request.after = frame->hi;
      end = frame->lane_end;
    }
  }
  return changed;
}

void ExpectDerivedEqualsRecords(const TestStore& store, const std::string& scope) {
  const ScopeHead head = *store->Head(scope);
  Hash128 total;
  uint64_t count = 0;
  const auto buckets = *store->Buckets(scope);
  for (const BucketDigest& bucket : buckets) {
    Hash128 sum;
    const auto versions = *store->BucketVersions(scope, bucket.bucket);
    for (const RecordVersion& version : versions) {
      sum += version.version;
      EXPECT_EQ((*store->Get(scope, version.id))->version, version.version);
    }
    EXPECT_EQ(bucket.records, versions.size()) << "bucket " << bucket.bucket;
    EXPECT_EQ(bucket.digest, sum) << "bucket " << bucket.bucket;
    total += sum;
    count += versions.size();
  }
  EXPECT_EQ(head.digest, total);
  EXPECT_EQ(head.records, count);

  std::set<RecordId> in_feed;
  uint64_t last = 0;
  EXPECT_TRUE(store
                  ->ScanFeed(scope, 0,
                             [&](uint64_t seq, const RecordId& id, const StoredRecord& record) {
                               EXPECT_GT(seq, last);
                               last = seq;
                               EXPECT_EQ(record.seq, seq);
                               EXPECT_TRUE(in_feed.insert(id).second) << "two live entries of one record";
                               return true;
                             })
                  .ok());
  EXPECT_EQ(in_feed.size(), count);
  EXPECT_LE(last, head.seq);
}

}  // namespace trellis
