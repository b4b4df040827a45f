#include "tests/simulation/world/mutant_replica.h"

#include <algorithm>
#include <utility>

namespace trellis::simulation {
namespace {

constexpr uint64_t kNeverEnding = UINT64_MAX / 2;

bool HasEmptyCell(const Delta& item) {
  return std::any_of(item.cells.begin(), item.cells.end(), [](const Cell& c) { return c.siblings.empty(); });
}

class MutantReplica final : public Replica {
 public:
  MutantReplica(Mutant mutant, std::unique_ptr<Replica> inner, const std::vector<Epoch>* all_epochs)
      : mutant_(mutant), inner_(std::move(inner)), all_epochs_(all_epochs) {}

  Epoch epoch() const override { return inner_->epoch(); }
  absl::StatusOr<WriteOutcome> Write(const WriteRequest& request) override { return inner_->Write(request); }
  absl::StatusOr<std::optional<StoredRecord>> Get(std::string_view scope, const RecordId& id) const override {
    return inner_->Get(scope, id);
  }
  absl::Status ScanKind(
      std::string_view scope, std::string_view kind, const RecordId& after, bool with_deleted,
      const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const override {
    return inner_->ScanKind(scope, kind, after, with_deleted, visit);
  }
  absl::Status ScanIndex(std::string_view scope, std::string_view kind, uint32_t field, std::string_view low,
                         std::string_view high,
                         const std::function<bool(std::string_view, const RecordId&)>& visit) const override {
    return inner_->ScanIndex(scope, kind, field, low, high, visit);
  }
  absl::Status ScanFeed(
      std::string_view scope, uint64_t after,
      const std::function<bool(uint64_t, const RecordId&, const StoredRecord&)>& visit) const override {
    return inner_->ScanFeed(scope, after, visit);
  }
  absl::StatusOr<std::vector<HistoryEntry>> History(std::string_view scope,
                                                    const RecordId& id) const override {
    return inner_->History(scope, id);
  }
  absl::Status ScanConflicts(
      std::string_view scope,
      const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const override {
    return inner_->ScanConflicts(scope, visit);
  }
  absl::StatusOr<std::vector<std::string>> Scopes() const override { return inner_->Scopes(); }

  absl::StatusOr<ScopeHead> BeginScope(std::string_view scope) override {
    absl::StatusOr<ScopeHead> head = inner_->BeginScope(scope);
    if (head.ok() && mutant_ == Mutant::kCursorNotCutAtLineage) {
      std::vector<LineageRow> rows = head->lineage.rows();
      for (size_t i = 1; i < rows.size(); ++i) rows[i].first_seq = kNeverEnding;
      head->lineage = Lineage(std::move(rows));
    }
    return head;
  }
  absl::StatusOr<ScopeHead> Head(std::string_view scope) const override { return inner_->Head(scope); }

  absl::StatusOr<ReplicaFrame> BuildFrame(const FrameRequest& request) const override {
    if (mutant_ != Mutant::kSkipWhateverLineage) return inner_->BuildFrame(request);
    FrameRequest mutated = request;
    std::vector<LineageRow> rows;
    for (const Epoch epoch : *all_epochs_) {
      if (epoch != inner_->epoch()) rows.push_back({epoch, rows.empty() ? 1 : kNeverEnding});
    }
    mutated.peer_lineage = Lineage(std::move(rows));
    return inner_->BuildFrame(mutated);
  }

  absl::StatusOr<ApplyOutcome> ApplyFrame(const ReplicaFrame& frame, const ApplyOptions& options) override {
    switch (mutant_) {
      case Mutant::kDeltaWithoutBaseCheck: {
        ReplicaFrame mutated = frame;
        for (Delta& item : mutated.items) {
          item.base = Context();
          item.whole = item.whole || !HasEmptyCell(item);
        }
        return inner_->ApplyFrame(mutated, options);
      }
      case Mutant::kAckBeforeCommit:
      case Mutant::kCursorBeforeData: {
        FlushHeld();
        held_ = {frame, options};
        if (mutant_ == Mutant::kCursorBeforeData) {
          ReplicaFrame cursor_only = frame;
          cursor_only.items.clear();
          return inner_->ApplyFrame(cursor_only, options);
        }
        ApplyOutcome outcome;
        outcome.cursor = frame.hi;
        return outcome;
      }
      case Mutant::kNackedFrameHalfApplied: {
        absl::StatusOr<ApplyOutcome> outcome = inner_->ApplyFrame(frame, options);
        if (!outcome.ok() || outcome->nacks.empty()) return outcome;
        ReplicaFrame rest = frame;
        std::erase_if(rest.items, [&](const Delta& item) {
          return std::find(outcome->nacks.begin(), outcome->nacks.end(), item.id) != outcome->nacks.end();
        });
        return inner_->ApplyFrame(rest, options);
      }
      default:
        return inner_->ApplyFrame(frame, options);
    }
  }

  absl::Status AdvanceToHead(std::string_view peer, std::string_view scope, Epoch epoch,
                             uint64_t seq) override {
    FlushHeld();
    return inner_->AdvanceToHead(peer, scope, epoch, seq);
  }

  absl::StatusOr<std::vector<PeerCursor>> Cursors(std::string_view peer,
                                                  std::string_view scope) const override {
    absl::StatusOr<std::vector<PeerCursor>> cursors = inner_->Cursors(peer, scope);
    if (!cursors.ok() || mutant_ != Mutant::kOneCursorOverLanes) return cursors;
    std::vector<PeerCursor> furthest;
    for (const PeerCursor& cursor : *cursors) {
      uint64_t seq = 0;
      for (const PeerCursor& other : *cursors) {
        if (other.epoch == cursor.epoch) seq = std::max(seq, other.seq);
      }
      for (int lane = 0; lane < kLaneCount; ++lane) {
        furthest.push_back({cursor.epoch, static_cast<Lane>(lane), seq});
      }
    }
    return furthest;
  }

  absl::StatusOr<uint64_t> SetFrameAside(const ReplicaFrame& frame, std::string_view body,
                                         const std::string& reason, const ApplyOptions& options) override {
    return inner_->SetFrameAside(frame, body, reason, options);
  }
  absl::StatusOr<ApplyOutcome> ApplyRepair(std::string_view scope, const std::vector<Delta>& states,
                                           const ApplyOptions& options) override {
    return inner_->ApplyRepair(scope, states, options);
  }
  absl::StatusOr<std::vector<BucketDigest>> Buckets(std::string_view scope) const override {
    return inner_->Buckets(scope);
  }
  absl::StatusOr<std::vector<RecordVersion>> BucketVersions(std::string_view scope,
                                                            uint32_t bucket) const override {
    return inner_->BucketVersions(scope, bucket);
  }
  absl::StatusOr<std::vector<SetAside>> SetAsides(std::string_view scope) const override {
    if (mutant_ == Mutant::kSetAsideNotSubtracted) return std::vector<SetAside>();
    return inner_->SetAsides(scope);
  }
  absl::StatusOr<std::vector<SetAsideItem>> SetAsideItems(std::string_view scope) const override {
    return inner_->SetAsideItems(scope);
  }
  absl::StatusOr<ApplyOutcome> RetrySetAside(std::string_view scope, const RecordId& id,
                                             const ApplyOptions& options) override {
    return inner_->RetrySetAside(scope, id, options);
  }
  absl::StatusOr<std::optional<std::string>> GetMeta(std::string_view key) const override {
    return inner_->GetMeta(key);
  }
  absl::Status PutMeta(std::string_view key, std::string_view value) override {
    return inner_->PutMeta(key, value);
  }
  uint64_t AddListener(CommitListener listener) override { return inner_->AddListener(std::move(listener)); }
  void RemoveListener(uint64_t token) override { inner_->RemoveListener(token); }

 private:
  void FlushHeld() {
    if (!held_.has_value()) return;
    const auto held = *std::exchange(held_, std::nullopt);
    inner_->ApplyFrame(held.first, held.second).IgnoreError();
  }

  const Mutant mutant_;
  const std::unique_ptr<Replica> inner_;
  const std::vector<Epoch>* const all_epochs_;
  std::optional<std::pair<ReplicaFrame, ApplyOptions>> held_;
};

}  // namespace

const char* NameOf(Mutant mutant) {
  switch (mutant) {
    case Mutant::kNone:
      return "none";
    case Mutant::kEpochMintedOnce:
      return "epoch minted once";
    case Mutant::kCursorNotCutAtLineage:
      return "cursor not cut at the lineage";
    case Mutant::kSkipWhateverLineage:
      return "skip whatever the lineage";
    case Mutant::kDeltaWithoutBaseCheck:
      return "delta without base check";
    case Mutant::kAckBeforeCommit:
      return "ack before commit";
    case Mutant::kCursorBeforeData:
      return "cursor before data";
    case Mutant::kOneCursorOverLanes:
      return "one cursor over all lanes";
    case Mutant::kSetAsideNotSubtracted:
      return "set-aside not subtracted";
    case Mutant::kNackedFrameHalfApplied:
      return "nacked frame half applied";
  }
  return "";
}

std::unique_ptr<Replica> MakeMutant(Mutant mutant, std::unique_ptr<Replica> replica,
                                    const std::vector<Epoch>* all_epochs) {
  if (mutant == Mutant::kNone) return replica;
  return std::make_unique<MutantReplica>(mutant, std::move(replica), all_epochs);
}

}  // namespace trellis::simulation
