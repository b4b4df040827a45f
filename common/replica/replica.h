// A store of records that writes locally and merges what comes from peers, through one commit path.
//
// Every change is one atomic synced batch: the records, the feed (old entry out, new in), digest leaves,
// secondary indexes, history and cursors. Local writes and received frames queue up; whoever is first takes
// the waiting ones along (group commit). Effects show to readers and sessions only after the sync.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/causal/lifecycle.h"
#include "common/causal/lineage.h"
#include "common/causal/record_state.h"
#include "common/record/hash.h"
#include "common/record/record_id.h"
#include "common/replica/writer_rule.h"
#include "common/storage/engine.h"
#include "common/tables/stored_record.h"
#include "common/time/clock.h"
#include "common/time/random.h"

namespace trellis {

class KindRegistry;

struct CellWrite {
  CellKey key;
  std::string bytes;    // wire bytes of the field or element
  bool remove = false;  // the cell is emptied (a field unset, an element taken out)
};

// One record of a local write.
struct RecordWrite {
  enum class Type {
    kCreate,   // ALREADY_EXISTS if the id is taken (unless the same request wrote it)
    kUpdate,   // NOT_FOUND if it is not there
    kDelete,   // keeps the values, marks it deleted with the context seen; one moved stays so
    kRestore,  // live again
    kErase,    // every value gone for good, here and everywhere
    kMove,     // keeps the values, marks it moved with the context seen
  };
  Type type = Type::kCreate;
  std::string scope;
  std::string kind;            // full proto name
  std::optional<RecordId> id;  // kCreate without one: derived from the write's dot
  std::vector<CellWrite> cells;
  // The etag the writer saw. If given and not the present version: ABORTED. Needed where a written cell has
  // more than one sibling, or a deleted record any such cell: FAILED_PRECONDITION without.
  std::optional<Hash128> if_version;
  Lane lane = Lane::kEdits;  // for kCreate; edits travel in kEdits, erasures in kErasures
};

struct WriteRequest {
  std::string actor;       // account id of the person or program
  std::string request_id;  // not empty: the same id again returns the first outcome and writes nothing
  std::vector<RecordWrite> records;  // one atomic batch; all in one scope
};

struct WrittenRecord {
  RecordId id;
  Hash128 version;
};
struct WriteOutcome {
  std::vector<WrittenRecord> records;  // in request order
  bool repeated = false;               // the request id had been used
  uint64_t seq = 0;                    // head of the scope after the commit
};

struct ScopeHead {
  Epoch epoch = 0;   // present
  uint64_t seq = 0;  // highest allocated in the scope, over all lanes
  Lineage lineage;
  uint64_t records = 0;  // states held, deleted ones included
  Hash128 digest;        // sum of version hashes
};

// ---- what sync asks ----

struct FrameRequest {
  std::string scope;
  Lane lane = Lane::kEdits;
  uint64_t after = 0;            // feed entries above this
  Lineage peer_lineage;          // of this scope; entries whose origin lies in it are skipped
  size_t max_items = 1;          // feed entries taken at most
  size_t max_bytes = 64 * 1024;  // of uncompressed state, at most (one item always fits)
  std::vector<RecordId> whole;   // to be sent whole (they were nacked)
  bool all_whole = false;        // nobody is there to ask for the whole of one
  // How far the other lanes were sent, by lane: to tell whether the frame completes the scope.
  std::array<uint64_t, kLaneCount> sent{};
  uint64_t until = UINT64_MAX;  // entries above it are not wanted
  // Records with writes of others than its owner get a voucher.
  std::optional<WriterRule> vouch;
};

// Items of one lane in feed order.
struct ReplicaFrame {
  std::string scope;
  Lane lane = Lane::kEdits;
  Epoch epoch = 0;    // the sender's present epoch
  uint64_t prev = 0;  // where it continues
  uint64_t hi = 0;    // reflects the sender's lane up to here; the scope's seq when the lane ends here
  bool lane_end = false;
  std::vector<Delta> items;
  uint64_t head = 0;      // the scope's seq, over all lanes, in the snapshot it was built from
  bool complete = false;  // it ends its lane, and no other lane holds an entry above `sent`
};

struct SetAside {
  RecordId id;
  std::string reason;  // plain words
  SetAsideCause cause = SetAsideCause::kRefused;
};

struct ApplyOutcome {
  uint64_t cursor = 0;          // durable cursor of (epoch, lane) after the frame
  std::vector<RecordId> nacks;  // not empty: nothing of the frame was applied
  std::vector<SetAside> set_aside;
  size_t changed = 0;  // records whose state changed
};

// Asked for each incoming delta before it is merged; a non-OK answer sets the item aside with that message.
// FAILED_PRECONDITION says that a newer program may take it.
using AdmitDelta = std::function<absl::Status(std::string_view scope, const Delta& delta)>;

struct ApplyOptions {
  std::string peer;  // stable name of the peer (certificate identity), keys its cursors
  AdmitDelta admit;  // empty: everything is admitted
  // Server: effective stamps more than 5 minutes ahead of this wall time are lowered to it. 0: not.
  int64_t receipt_ms = 0;
  // The lane's cursor where none is stored for the frame's epoch yet: where the session resumed, worked out
  // from the cursors of the sender's earlier epochs and its lineage.
  uint64_t cursor_floor = 0;
  std::optional<WriterRule> writers;  // unset: the peer is trusted (a site's server)
};

struct BucketDigest {
  uint32_t bucket = 0;
  uint64_t records = 0;
  Hash128 digest;
};
struct RecordVersion {
  RecordId id;
  Hash128 version;
};

class Replica {
 public:
  struct Options {
    HashKey district_key{};
    const Clock* clock = nullptr;
    Random* random = nullptr;
    const KindRegistry* kinds = nullptr;  // for indexes; null: none are kept
    // Told the highest durable seq (for the anchor) after each sync, from the committing thread; or empty.
    std::function<void(uint64_t durable_seq)> on_durable;
    // The store was found behind its anchor: cursors are void, sync reconciles by digest.
    bool rescue = false;
  };

  // `engine` must outlive the replica.
  static absl::StatusOr<std::unique_ptr<Replica>> Open(Engine* engine, const Options& options);
  virtual ~Replica() = default;

  virtual Epoch epoch() const = 0;
  // The epoch a session starts under: before it does anything else. A fresh one where the present one has
  // written and is old (epoch_watch.h); a session ends when the epoch is another than it began with.
  virtual Epoch BeginSession() { return epoch(); }

  // ---- local work (thread-safe; blocks until durable) ----
  virtual absl::StatusOr<WriteOutcome> Write(const WriteRequest& request) = 0;

  // ---- reading (thread-safe; durable effects only) ----
  virtual absl::StatusOr<std::optional<StoredRecord>> Get(std::string_view scope,
                                                          const RecordId& id) const = 0;
  // Records of a kind in id order after `after`, deleted ones excluded unless asked for.
  virtual absl::Status ScanKind(
      std::string_view scope, std::string_view kind, const RecordId& after, bool with_deleted,
      const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const = 0;
  // Ids of live records whose indexed field has a value in [low, high) (order-preserving bytes, see
  // record/index_entries.h); an empty `high` is no bound.
  virtual absl::Status ScanIndex(
      std::string_view scope, std::string_view kind, uint32_t field, std::string_view low,
      std::string_view high,
      const std::function<bool(std::string_view value, const RecordId&)>& visit) const = 0;
  // Live feed entries of a scope above `after`, over all lanes, in seq order: what a view follows.
  virtual absl::Status ScanFeed(
      std::string_view scope, uint64_t after,
      const std::function<bool(uint64_t seq, const RecordId&, const StoredRecord&)>& visit) const = 0;
  virtual absl::StatusOr<std::vector<HistoryEntry>> History(std::string_view scope,
                                                            const RecordId& id) const = 0;
  // Records with a cell that has several siblings, or live despite a delete.
  virtual absl::Status ScanConflicts(
      std::string_view scope,
      const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const = 0;
  // In order: every scope with a head row; full names of all kinds ever held, this program's or not.
  virtual absl::StatusOr<std::vector<std::string>> Scopes() const = 0;
  virtual absl::StatusOr<std::vector<std::string>> Kinds() const = 0;

  // ---- sync ----
  // The present epoch's lineage row of the scope is durable afterwards: a session's first step for each.
  virtual absl::StatusOr<ScopeHead> BeginScope(std::string_view scope) = 0;
  virtual absl::StatusOr<ScopeHead> Head(std::string_view scope) const = 0;
  virtual absl::StatusOr<ReplicaFrame> BuildFrame(const FrameRequest& request) const = 0;
  virtual absl::StatusOr<ApplyOutcome> ApplyFrame(const ReplicaFrame& frame, const ApplyOptions& options) = 0;
  // All lanes' cursors of the peer's epoch move to `seq` (AtHead).
  virtual absl::Status AdvanceToHead(std::string_view peer, std::string_view scope, Epoch epoch,
                                     uint64_t seq) = 0;
  virtual absl::StatusOr<std::vector<PeerCursor>> Cursors(std::string_view peer,
                                                          std::string_view scope) const = 0;
  // A frame that cannot be read or merged, time after time: kept as it came, and the cursor passes it. What
  // was in it comes by repair. Gives the cursor.
  virtual absl::StatusOr<uint64_t> SetFrameAside(const ReplicaFrame& frame, std::string_view body,
                                                 const std::string& reason, const ApplyOptions& options) = 0;
  // Whole states of repair: merged, no cursor moves.
  virtual absl::StatusOr<ApplyOutcome> ApplyRepair(std::string_view scope, const std::vector<Delta>& states,
                                                   const ApplyOptions& options) = 0;
  // Digest tree: kBuckets buckets a scope by hash of the record id.
  static constexpr uint32_t kBuckets = 256;
  virtual absl::StatusOr<std::vector<BucketDigest>> Buckets(std::string_view scope) const = 0;
  virtual absl::StatusOr<std::vector<RecordVersion>> BucketVersions(std::string_view scope,
                                                                    uint32_t bucket) const = 0;
  // Ids set aside in the scope, with reasons; each id once, in order.
  virtual absl::StatusOr<std::vector<SetAside>> SetAsides(std::string_view scope) const = 0;
  // The items behind them, whole, in id order.
  virtual absl::StatusOr<std::vector<SetAsideItem>> SetAsideItems(std::string_view scope) const = 0;
  // Merges the record's items from `options.peer` again, as repair does; those that still cannot be merged
  // stay. NOT_FOUND if there are none.
  virtual absl::StatusOr<ApplyOutcome> RetrySetAside(std::string_view scope, const RecordId& id,
                                                     const ApplyOptions& options) = 0;

  // Small facts of the store itself (joined-with, peer's acknowledged cursors, import marks …), synced.
  virtual absl::StatusOr<std::optional<std::string>> GetMeta(std::string_view key) const = 0;
  virtual absl::Status PutMeta(std::string_view key, std::string_view value) = 0;

  // Called after each commit that changed the scope, from the committing thread, after its effects show;
  // must be quick and must not call back into the replica. Returns a token for RemoveListener.
  using CommitListener = std::function<void(std::string_view scope, uint64_t head_seq)>;
  virtual uint64_t AddListener(CommitListener listener) = 0;
  virtual void RemoveListener(uint64_t token) = 0;
};

}  // namespace trellis
