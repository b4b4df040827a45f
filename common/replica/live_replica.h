// The replica the rest of a program holds, the same for the program's life, while the store behind it may be
// closed and opened again: after a write or a sync that failed, when damage is met in reading, when the epoch
// must not go on. Calls in progress are waited for; those that come meanwhile wait.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/replica/epoch_watch.h"
#include "common/replica/replica.h"
#include "common/replica/view_rows.h"

namespace trellis {

// Thread-safe.
class LiveReplica final : public Replica, public ViewRows {
 public:
  struct Hooks {
    // Closes what is open and opens the store; called with no replica open and no call in progress. `why`:
    // the failure that made it necessary; OK: a fresh epoch is all that is wanted.
    std::function<absl::StatusOr<std::unique_ptr<Replica>>(const absl::Status& why)> open;
    // Whether the store must be closed and opened again after a call that ended so; asked while it is open.
    std::function<bool(const absl::Status& status)> must_reopen;
    bool renew_old_epochs = true;  // BeginSession mints anew
  };

  // `clock` must outlive it.
  LiveReplica(const Clock* clock, Hooks hooks);

  // Before anything else.
  absl::Status Open();
  // A closed store is tried again; the epoch is watched. To be called about every second.
  void Tick();
  // Calls `work` while the store behind stays open; kUnavailable if it is closed.
  absl::Status WhileOpen(const std::function<absl::Status()>& work) const;

  Epoch epoch() const override { return epoch_; }
  Epoch BeginSession() override;

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
  absl::StatusOr<std::vector<std::string>> Kinds() const override;
  absl::StatusOr<std::vector<std::string>> Scopes() const override;
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

  uint64_t AddListener(CommitListener listener) override;
  void RemoveListener(uint64_t token) override;

 private:
  // Threads with a call in progress. (No thread_local: Debian's mold lays out programs with it so that some
  // do not start.)
  class CallingThreads {
   public:
    void Enter();
    void Leave();
    bool HoldsThisThread() const;

   private:
    mutable std::mutex mutex_;
    std::map<std::thread::id, int> calls_;
  };

  // `call(Replica&)` on what is open, then the store is opened again if that is how it ended.
  template <typename Call>
  auto Run(const Call& call) const -> decltype(call(std::declval<Replica&>()));
  // As Run, under an epoch that may still write.
  template <typename Call>
  auto RunWriting(const Call& call) -> decltype(call(std::declval<Replica&>()));

  // Opens again unless somebody did since `generation`. `why` as Hooks::open.
  void Reopen(uint64_t generation, const absl::Status& why);
  void OpenLocked(const absl::Status& why);
  void TryClosed();
  void Tell(std::string_view scope, uint64_t head_seq);

  const Clock* const clock_;
  const Hooks hooks_;
  EpochWatch watch_;

  // Shared: a call goes on. Prefers readers (glibc), so a call from within a visit of another does not block.
  mutable std::shared_mutex mutex_;
  std::unique_ptr<Replica> inner_;
  mutable CallingThreads calling_;
  absl::Status closed_;  // why nothing is open
  int64_t tried_ms_ = 0;
  std::atomic<uint64_t> generation_{0};
  std::atomic<Epoch> epoch_{0};
  std::atomic<bool> wrote_{false};  // under the present epoch

  std::mutex listeners_mutex_;
  std::map<uint64_t, CommitListener> listeners_;
  uint64_t next_listener_ = 1;
};

}  // namespace trellis
