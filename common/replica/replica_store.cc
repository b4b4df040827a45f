#include "common/replica/replica_store.h"

#include <fmt/format.h>

#include <utility>

#include "common/replica/cursor_change.h"
#include "common/replica/frame_builder.h"
#include "common/replica/frame_merger.h"
#include "common/replica/index_upkeep.h"
#include "common/replica/local_writer.h"
#include "common/replica/opening.h"
#include "common/replica/rebuild.h"
#include "common/replica/set_aside_writer.h"
#include "common/tables/store_tables.h"
#include "common/time/planted.h"

namespace trellis {
namespace {

constexpr char kNacked[] = "items must be sent whole";

}  // namespace

absl::StatusOr<std::unique_ptr<Replica>> Replica::Open(Engine* engine, const Options& options) {
  const absl::StatusOr<Epoch> epoch = MintEpoch(engine, *options.clock, options.random, options.rescue);
  if (!epoch.ok()) return epoch.status();
  const RecordIndexer indexer(options.kinds);
  if (absl::Status rebuilt = RebuildIfNeeded(engine, options.district_key, indexer); !rebuilt.ok())
    return rebuilt;
  if (absl::Status indexed = IndexAsDeclared(engine, indexer); !indexed.ok()) return indexed;
  auto replica = std::make_unique<ReplicaStore>(engine, options, *epoch);
  if (absl::Status status = replica->Load(); !status.ok()) return status;
  return replica;
}

ReplicaStore::ReplicaStore(Engine* engine, const Options& options, Epoch epoch)
    : key_(options.district_key),
      indexer_(options.kinds),
      clock_(options.clock),
      path_(engine, epoch, options.on_durable),
      name_of_([this](KindNumber number) { return path_.kinds().Name(number); }) {}

absl::StatusOr<WriteOutcome> ReplicaStore::Write(const WriteRequest& request) {
  if (absl::Status status = CheckRequest(request); !status.ok()) return status;
  if (Planted(Fault::kBatchNotAtomic) && request.records.size() > 1) return WriteOneByOne(request);
  WriteOutcome outcome;
  const absl::Status status = path_.Commit([&](Draft* draft) {
    absl::StatusOr<WriteOutcome> written =
        LocalWriter({draft, key_, path_.epoch(), &clock_, &indexer_}, request).Run();
    if (!written.ok()) return written.status();
    outcome = *std::move(written);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return outcome;
}

absl::StatusOr<WriteOutcome> ReplicaStore::WriteOneByOne(const WriteRequest& request) {
  WriteOutcome all;
  for (const RecordWrite& write : request.records) {
    const absl::StatusOr<WriteOutcome> one = Write({request.actor, "", {write}});
    if (!one.ok()) return one.status();
    all.records.push_back(one->records.front());
    all.seq = one->seq;
  }
  return all;
}

absl::StatusOr<ScopeHead> ReplicaStore::BeginScope(std::string_view scope) {
  if (scope.empty()) return absl::InvalidArgumentError("a scope needs a name");
  const std::optional<ScopeFacts> facts = path_.scopes().Find(scope);
  if (!facts.has_value() || !facts->in_lineage) {
    const absl::Status status = path_.Commit(
        [&](Draft* draft) {
          draft->OpenScope(scope);
          return absl::OkStatus();
        },
        Room::kUpkeep);
    if (!status.ok()) return status;
  }
  return Head(scope);
}

absl::StatusOr<ReplicaFrame> ReplicaStore::BuildFrame(const FrameRequest& request) const {
  absl::StatusOr<ReplicaFrame> frame = BuildReplicaFrame(path_, key_, request);
  if (frame.ok()) path_.scopes().NoteSent(request.scope, frame->hi);
  return frame;
}

absl::StatusOr<ApplyOutcome> ReplicaStore::ApplyFrame(const ReplicaFrame& frame,
                                                      const ApplyOptions& options) {
  if (absl::Status status = CheckFrame(frame); !status.ok()) return status;
  if (Planted(Fault::kCursorBeforeData) && !frame.items.empty()) {
    ReplicaFrame cursor_only = frame;
    cursor_only.items.clear();
    if (auto moved = ApplyFrame(cursor_only, options); !moved.ok()) return moved;
  }
  ApplyOutcome outcome;
  const absl::Status status = path_.Commit([&](Draft* draft) -> absl::Status {
    FrameMerger merger({draft, key_, &clock_, &indexer_}, frame.scope, frame.lane, {frame.epoch, frame.hi},
                       options);
    absl::StatusOr<ApplyOutcome> merged = merger.Merge(frame.items);
    if (!merged.ok()) return merged.status();
    outcome = *std::move(merged);
    auto cursor =
        CursorChange::Load(*draft, options.peer, draft->FindScope(frame.scope)->number, frame.epoch);
    if (!cursor.ok()) return cursor.status();
    outcome.cursor = cursor->Get(frame.lane).value_or(options.cursor_floor);
    if (!outcome.nacks.empty() && !Planted(Fault::kNackedFrameHalfApplied)) {
      return absl::CancelledError(kNacked);
    }
    if (frame.prev <= outcome.cursor || Planted(Fault::kPrevIgnored)) {
      const uint64_t least = Planted(Fault::kCursorGoesBack) ? 0 : outcome.cursor;
      outcome.cursor = std::max(least, frame.hi);
      cursor->Raise(frame.lane, outcome.cursor, frame.head);
    }
    return cursor->Store(draft);
  });
  if (!outcome.nacks.empty() && absl::IsCancelled(status)) {
    outcome.set_aside.clear();
    outcome.changed = 0;
    return outcome;
  }
  if (!status.ok()) return status;
  return outcome;
}

absl::StatusOr<uint64_t> ReplicaStore::SetFrameAside(const ReplicaFrame& frame, std::string_view body,
                                                     const std::string& reason, const ApplyOptions& options) {
  if (absl::Status status = CheckFrame(frame); !status.ok()) return status;
  SetAsideItem item{options.peer, reason, SetAsideCause::kUnreadable};
  item.delta.id = RecordId::FromBytes(KeyedHash(key_, body).ToBytes());
  item.frame = std::string(body);
  uint64_t moved_to = 0;
  const absl::Status status = path_.Commit([&](Draft* draft) -> absl::Status {
    ScopeFacts* scope = draft->OpenScope(frame.scope);
    if (absl::Status kept = KeepAside(draft, scope, item); !kept.ok()) return kept;
    auto cursor = CursorChange::Load(*draft, options.peer, scope->number, frame.epoch);
    if (!cursor.ok()) return cursor.status();
    moved_to = cursor->Get(frame.lane).value_or(options.cursor_floor);
    if (frame.prev <= moved_to) {
      moved_to = std::max(moved_to, frame.hi);
      cursor->Raise(frame.lane, moved_to, frame.head);
    }
    return cursor->Store(draft);
  });
  if (!status.ok()) return status;
  return moved_to;
}

absl::StatusOr<ApplyOutcome> ReplicaStore::ApplyRepair(std::string_view scope,
                                                       const std::vector<Delta>& states,
                                                       const ApplyOptions& options) {
  if (scope.empty()) return absl::InvalidArgumentError("a scope needs a name");
  for (const Delta& state : states) {
    if (!state.whole) return absl::InvalidArgumentError("repair takes whole states only");
  }
  ApplyOutcome outcome;
  const absl::Status status = path_.Commit([&](Draft* draft) {
    FrameMerger merger({draft, key_, &clock_, &indexer_}, std::string(scope), Lane::kEdits, Origin(),
                       options);
    absl::StatusOr<ApplyOutcome> merged = merger.Merge(states);
    if (!merged.ok()) return merged.status();
    outcome = *std::move(merged);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return outcome;
}

absl::StatusOr<ApplyOutcome> ReplicaStore::RetrySetAside(std::string_view scope, const RecordId& id,
                                                         const ApplyOptions& options) {
  const auto items = SetAsideItems(scope);
  if (!items.ok()) return items.status();
  std::vector<Delta> again;
  for (const SetAsideItem& item : *items) {
    // A delta's changed cells merge as a whole state of theirs would, wherever its base is known.
    if (item.delta.id == id && item.peer == options.peer && item.frame.empty()) again.push_back(item.delta);
  }
  if (again.empty()) {
    return absl::NotFoundError(
        fmt::format("nothing of record {} from {} is set aside", id.ToString(), options.peer));
  }
  ApplyOutcome outcome;
  const absl::Status status = path_.Commit([&](Draft* draft) {
    FrameMerger merger({draft, key_, &clock_, &indexer_}, std::string(scope), Lane::kEdits, Origin(),
                       options);
    absl::StatusOr<ApplyOutcome> merged = merger.Merge(again);
    if (!merged.ok()) return merged.status();
    outcome = *std::move(merged);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return outcome;
}

absl::Status ReplicaStore::AdvanceToHead(std::string_view peer, std::string_view scope, Epoch epoch,
                                         uint64_t seq) {
  return path_.Commit([&](Draft* draft) -> absl::Status {
    auto cursor = CursorChange::Load(*draft, peer, draft->OpenScope(scope)->number, epoch);
    if (!cursor.ok()) return cursor.status();
    for (int lane = 0; lane < kLaneCount; ++lane) cursor->Raise(static_cast<Lane>(lane), seq, seq);
    return cursor->Store(draft);
  });
}

absl::Status ReplicaStore::PutMeta(std::string_view key, std::string_view value) {
  return path_.Commit(
      [&](Draft* draft) {
        draft->Put(MetaKey(key), std::string(value));
        ++draft->counters().durable;
        return absl::OkStatus();
      },
      Room::kUpkeep);
}

}  // namespace trellis
