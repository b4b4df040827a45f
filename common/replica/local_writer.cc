#include "common/replica/local_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/causal/lifecycle.h"
#include "common/causal/voucher.h"
#include "common/tables/record_table.h"
#include "common/tables/request_table.h"
#include "common/tables/store_tables.h"
#include "common/time/planted.h"

namespace trellis {
namespace {

constexpr size_t kMaxNameBytes = 200;

const CellKey kLifecycleCell{kLifecycleField, ""};

using Type = RecordWrite::Type;

absl::Status CheckCells(const RecordWrite& write) {
  size_t bytes = 0;
  std::vector<CellKey> keys;
  for (const CellWrite& cell : write.cells) {
    if (cell.key.field == kLifecycleField) {
      return absl::InvalidArgumentError("field 0 is the lifecycle; use delete, restore or erase");
    }
    if (write.type == Type::kCreate && cell.remove) {
      return absl::InvalidArgumentError("a new record has nothing to remove");
    }
    bytes += cell.key.element.size() + cell.bytes.size();
    keys.push_back(cell.key);
  }
  if (write.type != Type::kCreate && write.type != Type::kUpdate && !keys.empty()) {
    return absl::InvalidArgumentError("only a create or an update carries values");
  }
  std::sort(keys.begin(), keys.end());
  if (const auto twice = std::adjacent_find(keys.begin(), keys.end()); twice != keys.end()) {
    return absl::InvalidArgumentError(fmt::format("field {} is written twice in one write", twice->field));
  }
  if (bytes > kMaxRecordBytes) {
    return absl::InvalidArgumentError(
        fmt::format("the record has {} KiB; at most {} KiB are taken: shorten its texts", bytes >> 10,
                    kMaxRecordBytes >> 10));
  }
  return absl::OkStatus();
}

// The delta the record can be sent as after a local write that changed `changed` (sorted). Writes that no
// frame has carried yet go together; `sent` says up to where frames went.
std::optional<StoredRecord::LocalDelta> DeltaAfter(const StoredRecord& before, std::vector<CellKey> changed,
                                                   uint64_t sent, const RecordState& after) {
  StoredRecord::LocalDelta delta{before.state.context, std::move(changed), before.seq, before.origin};
  if (before.delta.has_value() && before.seq > sent) {
    std::vector<CellKey> all;
    std::set_union(delta.changed.begin(), delta.changed.end(), before.delta->changed.begin(),
                   before.delta->changed.end(), std::back_inserter(all));
    delta = *before.delta;
    delta.changed = std::move(all);
  }
  // As large as the whole: the whole needs no base.
  if (delta.changed.size() >= after.cells.size()) return std::nullopt;
  return delta;
}

// For a planted fault: of the store's first opening.
Epoch FirstEpoch(const Draft& draft) {
  const auto rows = draft.ScanPrefix(EpochPrefix());
  return rows.ok() && !rows->empty() ? DecodeEpochRow(rows->front().second).value_or(EpochRow()).epoch : 0;
}

Lane LaneOf(const RecordWrite& write) {
  switch (write.type) {
    case Type::kCreate:
      return write.lane;
    case Type::kErase:
      return Lane::kErasures;
    default:
      return Lane::kEdits;
  }
}

// What is not there to be written.
absl::Status Gone(const RecordWrite& write, Presence presence) {
  return absl::FailedPreconditionError(fmt::format("record {} is {}", write.id->ToString(),
                                                   presence == Presence::kDeleted
                                                       ? "deleted: restore it first"
                                                       : "moved to another scope: write it there"));
}

absl::Status NotThere(const RecordWrite& write) {
  return absl::NotFoundError(fmt::format("there is no {} {} in scope {}",
                                         write.kind.empty() ? "record" : write.kind, write.id->ToString(),
                                         write.scope));
}

}  // namespace

absl::Status CheckRequest(const WriteRequest& request) {
  if (request.records.empty()) return absl::InvalidArgumentError("the request writes no record");
  if (request.request_id.size() > kMaxNameBytes) {
    return absl::InvalidArgumentError(fmt::format("a request id has at most {} bytes", kMaxNameBytes));
  }
  for (const RecordWrite& write : request.records) {
    if (write.scope.empty() || write.scope.size() > kMaxNameBytes) {
      return absl::InvalidArgumentError(fmt::format("a scope's name has 1 to {} bytes", kMaxNameBytes));
    }
    if (write.scope != request.records.front().scope) {
      return absl::InvalidArgumentError("one request writes to one scope; send one for each");
    }
    if (write.type == Type::kCreate && write.kind.empty()) {
      return absl::InvalidArgumentError("a new record needs a kind");
    }
    if (write.type != Type::kCreate && !write.id.has_value()) {
      return absl::InvalidArgumentError("say which record: the id is missing");
    }
    if (absl::Status status = CheckCells(write); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<WriteOutcome> LocalWriter::Run() {
  if (!request_.request_id.empty() && !Planted(Fault::kRetryCountedTwice)) {
    auto repeated = FindRepeated();
    if (!repeated.ok()) return repeated.status();
    if (repeated->has_value()) return **std::move(repeated);
  }
  WriteOutcome outcome;
  for (const RecordWrite& write : request_.records) {
    absl::StatusOr<WrittenRecord> written = WriteRecord(write);
    if (!written.ok()) return written.status();
    outcome.records.push_back(*written);
  }
  outcome.seq = place_.draft->FindScope(request_.records.front().scope).value_or(ScopeFacts()).head.seq;
  if (!request_.request_id.empty()) {
    if (absl::Status status = RememberRequest(outcome); !status.ok()) return status;
  }
  return outcome;
}

absl::StatusOr<std::optional<WriteOutcome>> LocalWriter::FindRepeated() const {
  const auto row = place_.draft->Get(RequestKey(request_.request_id));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<WriteOutcome>();
  const std::optional<RequestRow> first = DecodeRequestRow(**row);
  if (!first.has_value()) return absl::DataLossError(kDamagedRow);
  WriteOutcome outcome;
  outcome.repeated = true;
  outcome.seq = first->seq;
  for (const auto& [id, version] : first->records) outcome.records.push_back({id, version});
  return std::optional<WriteOutcome>(std::move(outcome));
}

absl::Status LocalWriter::RememberRequest(const WriteOutcome& outcome) {
  Draft& draft = *place_.draft;
  RequestRow row{outcome.seq, {}};
  for (const WrittenRecord& record : outcome.records) row.records.emplace_back(record.id, record.version);
  const uint64_t ordinal = draft.counters().next_request++;
  draft.Put(RequestKey(request_.request_id), EncodeRequestRow(row));
  draft.Put(RequestRingKey(ordinal), request_.request_id);
  if (ordinal < kRememberedRequests) return absl::OkStatus();
  const std::string oldest = RequestRingKey(ordinal - kRememberedRequests);
  const auto request_id = draft.Get(oldest);
  if (!request_id.ok()) return request_id.status();
  if (request_id->has_value()) draft.Delete(RequestKey(**request_id));
  draft.Delete(oldest);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<StoredRecord>> LocalWriter::LoadBefore(const RecordWrite& write) const {
  if (!write.id.has_value()) return std::optional<StoredRecord>();
  std::optional<ScopeFacts> scope = place_.draft->FindScope(write.scope);
  if (!scope.has_value()) return std::optional<StoredRecord>();
  auto before = RecordChanges(place_.draft, &*scope, place_.key, place_.indexer).Load(*write.id);
  if (before.ok() && before->has_value()) {
    (*before)->version = VersionHash(place_.key, *write.id, (*before)->state);
  }
  return before;
}

absl::Status LocalWriter::CheckPreconditions(const RecordWrite& write, const StoredRecord& before) const {
  if (!write.kind.empty() && write.kind != before.state.kind) return NotThere(write);
  if (write.if_version.has_value()) {
    if (*write.if_version == before.version) return absl::OkStatus();
    return absl::AbortedError(
        fmt::format("record {} has changed since it was read (etag {} now): read it "
                    "again, then write",
                    write.id->ToString(), before.version.ToHex()));
  }
  for (const Cell& cell : before.state.cells) {
    if (Planted(Fault::kConflictOverwritten)) break;
    if (write.type != Type::kUpdate && write.type != Type::kDelete) break;
    if (cell.key.field == kLifecycleField || !place_.indexer->InConflict(before.state, cell)) continue;
    const bool written =
        write.type == Type::kDelete || std::any_of(write.cells.begin(), write.cells.end(),
                                                   [&](const CellWrite& w) { return w.key == cell.key; });
    if (!written) continue;
    return absl::FailedPreconditionError(
        fmt::format("field {} of record {} has an open conflict: look at its values and resolve it, or write "
                    "with the etag of the state you saw",
                    cell.key.field, write.id->ToString()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LocalWriter::CellChange>> LocalWriter::ChangesOf(
    const RecordWrite& write, const std::optional<StoredRecord>& before) const {
  std::vector<CellChange> changes;
  const Presence presence = before.has_value() ? PresenceOf(before->state) : Presence::kLive;
  if (presence == Presence::kErased && write.type != Type::kErase) {
    return absl::FailedPreconditionError(fmt::format("record {} is erased for good", write.id->ToString()));
  }
  switch (write.type) {
    case Type::kCreate:
      for (const CellWrite& cell : write.cells) changes.push_back({cell.key, cell.bytes});
      break;
    case Type::kUpdate:
      if (!IsLive(presence)) return Gone(write, presence);
      for (const CellWrite& cell : write.cells) {
        const Cell* now = before->state.Find(cell.key);
        const bool same = cell.remove ? now == nullptr
                                      : now != nullptr && now->siblings.size() == 1 &&
                                            now->siblings.front().bytes == cell.bytes;
        if (same) continue;
        changes.push_back({cell.key, cell.remove ? std::nullopt : std::optional(cell.bytes)});
      }
      break;
    case Type::kMove:
      if (presence == Presence::kMoved) break;
      if (presence == Presence::kDeleted) return Gone(write, presence);
      changes.push_back({kLifecycleCell, EncodeLifecycle({LifecycleMark::kMoved, before->state.context})});
      break;
    case Type::kDelete:
      if (presence == Presence::kDeleted || presence == Presence::kMoved) break;
      if (presence == Presence::kMovedButChanged) {
        // What was changed since is seen, and left here.
        changes.push_back({kLifecycleCell, EncodeLifecycle({LifecycleMark::kMoved, before->state.context})});
        break;
      }
      changes.push_back({kLifecycleCell, EncodeLifecycle({LifecycleMark::kDeleted, before->state.context})});
      for (const Cell& cell : before->state.cells) {
        const bool value = Planted(Fault::kDeleteDropsValues) && cell.key.field != kLifecycleField;
        if (value) changes.push_back({cell.key, std::nullopt});
      }
      break;
    case Type::kRestore:
      if (presence == Presence::kMoved || presence == Presence::kMovedButChanged)
        return Gone(write, presence);
      if (presence != Presence::kLive) changes.push_back({kLifecycleCell, EncodeLifecycle({})});
      break;
    case Type::kErase:
      if (presence == Presence::kErased) break;
      for (const Cell& cell : before.has_value() ? before->state.cells : std::vector<Cell>()) {
        if (cell.key.field != kLifecycleField) changes.push_back({cell.key, std::nullopt});
      }
      changes.push_back({kLifecycleCell, EncodeLifecycle({LifecycleMark::kErased, {}})});
      break;
  }
  std::sort(changes.begin(), changes.end(),
            [](const CellChange& a, const CellChange& b) { return a.key < b.key; });
  return changes;
}

absl::StatusOr<WrittenRecord> LocalWriter::WriteRecord(const RecordWrite& write) {
  auto before = LoadBefore(write);
  if (!before.ok()) return before.status();
  if (write.type == Type::kCreate) {
    if (before->has_value()) {
      return absl::AlreadyExistsError(fmt::format("record {} is there already", write.id->ToString()));
    }
  } else if (before->has_value()) {
    if (absl::Status status = CheckPreconditions(write, **before); !status.ok()) return status;
  } else if (write.type != Type::kErase || write.kind.empty()) {
    // An erasure with its kind named takes hold of a record that has not come here yet.
    return NotThere(write);
  }
  absl::StatusOr<std::vector<CellChange>> changes = ChangesOf(write, *before);
  if (!changes.ok()) return changes.status();
  if (changes->empty() && before->has_value()) return WrittenRecord{*write.id, (*before)->version};
  return Apply(write, *before, *changes);
}

void LocalWriter::JoinNamesake(const RecordId& id, RecordState* state) const {
  constexpr ScopeNumber kFirstScope = 1;
  const auto row = place_.draft->Get(RecordKey(kFirstScope, id));
  if (!row.ok() || !row->has_value()) return;
  const std::optional<DecodedRecord> namesake = DecodeRecordRow(**row);
  if (namesake.has_value()) state->context.Join(namesake->record.state.context);
}

absl::StatusOr<WrittenRecord> LocalWriter::Apply(const RecordWrite& write,
                                                 const std::optional<StoredRecord>& before,
                                                 const std::vector<CellChange>& changes) {
  ScopeFacts* scope = place_.draft->OpenScope(write.scope);
  const uint64_t n = ++scope->last_n;
  const Dot dot = Planted(Fault::kWriterForLife) ? Dot{FirstEpoch(*place_.draft), scope->head.seq + 1}
                                                 : Dot{place_.epoch, n};
  const Stamp stamp = place_.clock->Next();
  const RecordId id =
      write.id.has_value() ? *write.id : DeriveRecordId(place_.key, write.scope, dot.writer, dot.n, stamp.ms);

  StoredRecord after;
  if (before.has_value()) after.state = before->state;
  if (Planted(Fault::kContextAcrossScopes)) JoinNamesake(id, &after.state);
  if (after.state.kind.empty()) after.state.kind = write.kind;
  after.state.context.Raise(dot);
  std::vector<CellKey> changed;
  for (const CellChange& change : changes) {
    changed.push_back(change.key);
    if (change.bytes.has_value()) {
      // Covers every value this store holds in the cell.
      after.state.FindOrInsert(change.key).siblings = {{dot, stamp, stamp, request_.actor, *change.bytes}};
    } else {
      std::erase_if(after.state.cells, [&](const Cell& cell) { return cell.key == change.key; });
    }
  }
  after.lane = LaneOf(write);
  for (const Voucher& voucher : before.has_value() ? before->vouchers : std::vector<Voucher>()) {
    after.vouchers.push_back(Carried(voucher, before->state.cells, after.state.cells));
  }
  if (before.has_value() && write.type != Type::kErase) {
    after.delta = DeltaAfter(*before, std::move(changed), scope->head.sent, after.state);
  }
  RecordChanges records(place_.draft, scope, place_.key, place_.indexer);
  const absl::Status status =
      records.Store(id, before.has_value() ? &*before : nullptr, {request_.actor, stamp}, &after);
  if (!status.ok()) return status;
  return WrittenRecord{id, after.version};
}

}  // namespace trellis
