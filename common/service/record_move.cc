// Moves a record to another scope: nothing causal crosses scopes, so it is made anew there.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/causal/lifecycle.h"
#include "common/record/index_entries.h"
#include "common/rpc/error_reason.h"
#include "common/service/derived_id.h"
#include "common/service/record_writer.h"
#include "common/service/rules.h"
#include "common/service/stored_view.h"

namespace trellis {
namespace {

// How often a move begins anew because somebody changed the record meanwhile.
constexpr int kMostAttempts = 5;

// What shows of these cells, or of all; as the writes of another record.
std::vector<CellWrite> ShownCells(const KindInfo& kind, const RecordState& state,
                                  const std::vector<CellKey>* only) {
  std::vector<CellWrite> cells;
  for (const Cell& cell : state.cells) {
    if (cell.key.field == kLifecycleField || cell.siblings.empty()) continue;
    if (only != nullptr && std::find(only->begin(), only->end(), cell.key) == only->end()) continue;
    cells.push_back({cell.key, ShownSibling(cell, kind.PolicyOf(cell.key.field)).bytes, false});
  }
  return cells;
}

RecordId MovedRecordId(const RecordStore& store, const FoundRecord& from, const ScopeName& target) {
  return DerivedRecordId(
      store.district_key, "move",
      {from.kind->full_name, from.scope.ToString(), from.id.ToString(), target.ToString()});
}

bool WasMoved(Presence presence) {
  return presence == Presence::kMoved || presence == Presence::kMovedButChanged;
}

absl::Status CheckMovable(const FoundRecord& from, const ShownState& open) {
  const Presence presence = open.shown.presence;
  if (presence == Presence::kErased) {
    return ErrorWithReason(reason::kRecordDeleted, "The record is erased for good");
  }
  if (presence == Presence::kDeleted) {
    return ErrorWithReason(
        reason::kRecordDeleted,
        fmt::format("{} {} is deleted; restore it first: trellis records restore {} {}", from.kind->name,
                    from.id.ToString(), from.kind->name, from.id.ToString()));
  }
  if (WasMoved(presence) || open.shown.conflicts.empty()) return absl::OkStatus();
  return ErrorWithReason(
      reason::kOpenConflict,
      fmt::format("{} {} has fields with several values: settle them first (trellis conflicts list)",
                  from.kind->name, from.id.ToString()));
}

}  // namespace

absl::StatusOr<RecordAnswer> RecordWriter::WriteAtTarget(const Principal& principal, const FoundRecord& from,
                                                         const ShownState& open, const ScopeName& target) {
  const KindInfo& kind = *from.kind;
  FoundRecord to{&kind, target, MovedRecordId(store_, from, target), {}};
  RecordWrite write;
  write.scope = target.ToString();
  write.kind = kind.full_name;
  write.id = to.id;
  absl::StatusOr<std::optional<StoredRecord>> there = store_.replica->Get(write.scope, to.id);
  if (!there.ok()) return there.status();
  if (WasMoved(open.shown.presence) && !there->has_value()) {
    return ErrorWithReason(reason::kRecordMoved, fmt::format("{} {} was moved already, and not to {}",
                                                             kind.name, from.id.ToString(), write.scope));
  }
  const std::scoped_lock lock(codes_);
  if (there->has_value()) {
    const std::vector<CellKey> changed = ChangedSinceMove(from.stored.state);
    write.type = RecordWrite::Type::kUpdate;
    // A move cut short left no mark: whatever shows is brought up to date.
    write.cells = ShownCells(kind, from.stored.state, WasMoved(open.shown.presence) ? &changed : nullptr);
    write.if_version = (*there)->version;
  } else {
    const std::string code = CodeOf(kind, open.shown.message);
    absl::StatusOr<std::vector<RecordId>> called = RecordsWithCode(store_, kind, target, code, 1);
    if (!called.ok()) return called.status();
    if (!called->empty()) {
      return ErrorWithReason(reason::kCodeTaken,
                             fmt::format("{} {} is there already in {}: give one of the two another code",
                                         kind.name, code, write.scope));
    }
    write.type = RecordWrite::Type::kCreate;
    write.lane = static_cast<Lane>(kind.lane);
    write.cells = ShownCells(kind, from.stored.state, nullptr);
  }
  StoredView view(store_);
  Findings shown;
  if (absl::Status status =
          JudgeWrite(store_, principal, {&kind, write.scope, to.id.ToString(), open.message.get()},
                     there->has_value() ? open.message.get() : nullptr, &view, &shown);
      !status.ok()) {
    return status;
  }
  WriteRequest request;
  request.actor = AuthorFor(principal, kind, *open.message);
  request.records.push_back(std::move(write));
  if (absl::StatusOr<WriteOutcome> outcome = store_.replica->Write(request); !outcome.ok()) {
    return AsWriteError(outcome.status());
  }
  absl::StatusOr<RecordAnswer> answer = AnswerNow(principal, kind, target, to.id);
  if (answer.ok()) answer->findings = std::move(shown);
  return answer;
}

absl::StatusOr<MoveAnswer> RecordWriter::Move(const Principal& principal, const MoveRequest& request) {
  absl::StatusOr<std::optional<Hash128>> etag = ParseEtag(request.etag);
  if (!etag.ok()) return etag.status();
  if (request.target_scope.empty()) {
    return FieldViolationsError({{"target_scope", "name the scope the record shall stand in"}});
  }
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<FoundRecord> from = LocateRecord(store_, principal, request.name, /*with_deleted=*/true);
    if (!from.ok()) return from.status();
    absl::StatusOr<ScopeName> target = ChooseScope(store_, *from->kind, request.target_scope);
    if (!target.ok()) return target.status();
    if (*target == from->scope) {
      return FieldViolationsError({{"target_scope", "the record stands there"}});
    }
    absl::StatusOr<ShownState> open = OpenState(*from->kind, from->stored.state, principal);
    if (!open.ok()) return open.status();
    if (absl::Status status =
            RequireAccessToRecord(principal, Action::kDelete, from->scope, *from->kind, open->relation);
        !status.ok()) {
      return status;
    }
    if (absl::Status status = RequireAccess(principal, Action::kCreate, *target, from->kind); !status.ok())
      return status;
    if (absl::Status status = CheckMovable(*from, *open); !status.ok()) return status;
    if (etag->has_value() && **etag != from->stored.version) {
      return ErrorWithReason(reason::kEtagMismatch, "The record has changed since it was read: look again");
    }
    absl::StatusOr<RecordAnswer> record = WriteAtTarget(principal, *from, *open, *target);
    if (!record.ok()) return record.status();
    RecordWrite mark;
    mark.type = RecordWrite::Type::kMove;
    mark.scope = from->scope.ToString();
    mark.kind = from->kind->full_name;
    mark.id = from->id;
    mark.if_version = from->stored.version;  // what was taken along is what the mark says was seen
    absl::StatusOr<RecordAnswer> moved = Write(principal, *from, std::move(mark), "");
    if (moved.ok()) return MoveAnswer{*std::move(record), *std::move(moved)};
    if (!absl::IsAborted(moved.status()) || attempt == kMostAttempts) return moved.status();
  }
}

}  // namespace trellis
