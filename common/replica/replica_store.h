// The replica over an engine. Implements replica.h; every write goes through the commit path, every read
// through a snapshot.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/replica/commit_path.h"
#include "common/replica/record_change.h"
#include "common/replica/record_indexer.h"
#include "common/replica/replica.h"
#include "common/replica/view_rows.h"
#include "common/time/hybrid_time.h"

namespace trellis {

class ReplicaStore final : public Replica, public ViewRows {
 public:
  ReplicaStore(Engine* engine, const Options& options, Epoch epoch);

  absl::Status Load() { return path_.Load(); }

  Epoch epoch() const override { return path_.epoch(); }

  absl::StatusOr<WriteOutcome> Write(const WriteRequest& request) override;
  absl::StatusOr<ScopeHead> BeginScope(std::string_view scope) override;
  absl::StatusOr<ApplyOutcome> ApplyFrame(const ReplicaFrame& frame, const ApplyOptions& options) override;
  absl::StatusOr<uint64_t> SetFrameAside(const ReplicaFrame& frame, std::string_view body,
                                         const std::string& reason, const ApplyOptions& options) override;
  absl::StatusOr<ApplyOutcome> ApplyRepair(std::string_view scope, const std::vector<Delta>& states,
                                           const ApplyOptions& options) override;
  absl::StatusOr<ApplyOutcome> RetrySetAside(std::string_view scope, const RecordId& id,
                                             const ApplyOptions& options) override;
  absl::Status AdvanceToHead(std::string_view peer, std::string_view scope, Epoch epoch,
                             uint64_t seq) override;
  absl::Status PutMeta(std::string_view key, std::string_view value) override;

  absl::StatusOr<std::optional<StoredRecord>> Get(std::string_view scope, const RecordId& id) const override;
  absl::Status ScanKind(
      std::string_view scope, std::string_view kind, const RecordId& after, bool with_deleted,
      const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const override;
  absl::Status ScanIndex(std::string_view scope, std::string_view kind, uint32_t field, std::string_view low,
                         std::string_view high,
                         const std::function<bool(std::string_view, const RecordId&)>& visit) const override;
  absl::Status ScanFeed(
      std::string_view scope, uint64_t after,
      const std::function<bool(uint64_t, const RecordId&, const StoredRecord&)>& visit) const override;
  absl::StatusOr<std::vector<HistoryEntry>> History(std::string_view scope,
                                                    const RecordId& id) const override;
  absl::Status ScanConflicts(
      std::string_view scope,
      const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const override;
  absl::StatusOr<std::vector<std::string>> Kinds() const override { return path_.kinds().Names(); }
  absl::StatusOr<std::vector<std::string>> Scopes() const override { return path_.scopes().Names(); }
  absl::StatusOr<ScopeHead> Head(std::string_view scope) const override;
  absl::StatusOr<ReplicaFrame> BuildFrame(const FrameRequest& request) const override;
  absl::StatusOr<std::vector<PeerCursor>> Cursors(std::string_view peer,
                                                  std::string_view scope) const override;
  absl::StatusOr<std::vector<BucketDigest>> Buckets(std::string_view scope) const override;
  absl::StatusOr<std::vector<RecordVersion>> BucketVersions(std::string_view scope,
                                                            uint32_t bucket) const override;
  absl::StatusOr<std::vector<SetAside>> SetAsides(std::string_view scope) const override;
  absl::StatusOr<std::vector<SetAsideItem>> SetAsideItems(std::string_view scope) const override;
  absl::StatusOr<std::optional<std::string>> GetMeta(std::string_view key) const override;
  absl::Status ScanViewRows(
      std::string_view prefix,
      const std::function<bool(std::string_view key, std::string_view row)>& visit) const override;
  absl::Status WriteViewRows(Epoch epoch, const ViewChange& change) override;

  uint64_t AddListener(CommitListener listener) override { return path_.AddListener(std::move(listener)); }
  void RemoveListener(uint64_t token) override { path_.RemoveListener(token); }

 private:
  absl::StatusOr<WriteOutcome> WriteOneByOne(const WriteRequest& request);  // for a planted fault
  // A snapshot and the number of the scope in it; number 0: the store does not have the scope.
  struct ScopeView {
    std::unique_ptr<const ReadView> view;
    ScopeNumber number = 0;
  };
  ScopeView ViewOf(std::string_view scope) const;
  absl::StatusOr<StoredRecord> ReadWithVersion(const RecordId& id, std::string_view row) const;
  // Visits the records of `ids` in order; those without a row are passed over.
  absl::Status VisitRecords(const ScopeView& scope, const std::vector<RecordId>& ids,
                            const std::function<bool(const RecordId&, const StoredRecord&)>& visit,
                            bool* stopped) const;
  // Visits the records whose ids end the keys of [begin, end).
  absl::Status VisitIndexed(const ScopeView& scope, std::string begin, const std::string& end,
                            const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const;

  const HashKey key_;
  const RecordIndexer indexer_;
  HybridClock clock_;  // only inside the commit path
  // Reading a frame notes how far frames went.
  mutable CommitPath path_;
  NameOfKind name_of_;
};

}  // namespace trellis
