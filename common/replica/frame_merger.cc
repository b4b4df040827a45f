#include "common/replica/frame_merger.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "common/causal/lifecycle.h"
#include "common/replica/set_aside_writer.h"
#include "common/tables/record_table.h"
#include "common/tables/set_aside_table.h"
#include "common/time/planted.h"

namespace trellis {
namespace {

// DESIGN.md: the server lowers stamps more than five minutes ahead of it.
constexpr int64_t kMaxAheadOfReceiptMs = 5 * 60 * 1000;

SetAsideCause CauseOf(MergeProblem problem) {
  switch (problem) {
    case MergeProblem::kDotCollision:
      return SetAsideCause::kCollision;
    case MergeProblem::kTooManySiblings:
      return SetAsideCause::kTooMany;
    case MergeProblem::kKindDiffers:
      return SetAsideCause::kOtherKind;
    default:
      return SetAsideCause::kMalformed;
  }
}

bool IsWholeOf(const Delta& item, const RecordState& state) {
  return item.whole && item.context == state.context && item.cells == state.cells;
}

}  // namespace

absl::Status CheckFrame(const ReplicaFrame& frame) {
  if (frame.scope.empty() || frame.epoch == 0) {
    return absl::InvalidArgumentError("the frame names no scope or no epoch");
  }
  if (static_cast<int>(frame.lane) >= kLaneCount) {
    return absl::InvalidArgumentError(fmt::format("there is no lane {}", static_cast<int>(frame.lane)));
  }
  if (frame.hi < frame.prev) {
    return absl::InvalidArgumentError(fmt::format("the frame goes back from {} to {}", frame.prev, frame.hi));
  }
  return absl::OkStatus();
}

FrameMerger::FrameMerger(const Place& place, std::string scope, Lane lane, const Origin& sender,
                         const ApplyOptions& options)
    : place_(place),
      scope_(place.draft->OpenScope(scope)),
      scope_name_(std::move(scope)),
      lane_(lane),
      sender_(sender),
      options_(options),
      records_(place.draft, scope_, place_.key, place.indexer) {
  if (options.writers.has_value()) writers_.emplace(place.draft, scope_name_, *options.writers);
}

absl::StatusOr<ApplyOutcome> FrameMerger::Merge(const std::vector<Delta>& items) {
  std::vector<std::string> keys;
  keys.reserve(items.size());
  for (const Delta& item : items) keys.push_back(RecordKey(scope_->number, item.id));
  const auto rows = place_.draft->MultiGet(keys);
  if (!rows.ok()) return rows.status();
  absl::flat_hash_set<std::string> seen;  // a record may stand in a hostile frame twice
  for (size_t i = 0; i < items.size(); ++i) {
    if (seen.insert(std::string(items[i].id.view())).second) {
      if (absl::Status status = MergeItem(items[i], (*rows)[i]); !status.ok()) return status;
    } else {
      const auto row = place_.draft->Get(keys[i]);
      if (!row.ok()) return row.status();
      if (absl::Status status = MergeItem(items[i], *row); !status.ok()) return status;
    }
  }
  return std::move(outcome_);
}

absl::Status FrameMerger::MergeItem(const Delta& item, const std::optional<std::string>& row) {
  auto before = records_.Decode(row);
  if (!before.ok()) return before.status();
  const std::optional<Delta> lowered = Lowered(item);
  StoredRecord after;
  if (before->has_value()) after.state = (*before)->state;
  const MergeResult result = MergeDelta(lowered.has_value() ? *lowered : item, &after.state);
  // A peer that does not know yet what came from here gives it back: that asks for nothing.
  const bool asks = result.problem != MergeProblem::kNone || result.changed;
  bool taken = true;
  if (asks) {
    const Context held = before->has_value() ? (*before)->state.context : Context();
    if (absl::Status status = Admit(item, result, held, &taken); !status.ok() || !taken) return status;
  }
  switch (result.problem) {
    case MergeProblem::kNone:
      break;
    case MergeProblem::kBaseNotCovered:
      outcome_.nacks.push_back(item.id);
      return absl::OkStatus();
    default:
      return SetItemAside(item, result.detail, CauseOf(result.problem));
  }
  const bool equal = item.whole ? IsWholeOf(item, after.state)
                                : VersionHash(place_.key, item.id, after.state) == item.version ||
                                      Planted(Fault::kVersionHashIgnored);
  // The same writes, yet another state: a stamp was lowered since the base, which no context tells. Or the
  // voucher is for a state of which the delta shows only a part.
  const bool wants_whole = after.state.context == item.context || !item.vouchers.empty();
  if (!item.whole && !equal && !lowered.has_value() && wants_whole) {
    outcome_.nacks.push_back(item.id);
    return absl::OkStatus();
  }
  if (result.changed) {
    absl::Status status = StoreMerged(item, equal, before->has_value() ? &**before : nullptr, &after);
    if (!status.ok()) return status;
  }
  return ForgetMerged(item.id, after.state);
}

absl::Status FrameMerger::StoreMerged(const Delta& item, bool equal, const StoredRecord* before,
                                      StoredRecord* after) {
  Stamp latest;
  for (const Cell& cell : item.cells) {
    for (const Sibling& sibling : cell.siblings) latest = std::max(latest, sibling.effective);
  }
  place_.clock->Observe(latest);
  after->lane = PresenceOf(after->state) == Presence::kErased ? Lane::kErasures : lane_;
  if (equal || Planted(Fault::kOriginAlwaysSet)) after->origin = sender_;
  after->vouchers = VouchersOf(item, before, *after);
  ++outcome_.changed;
  return records_.Store(item.id, before, {"", place_.clock->last()}, after);
}

absl::Status FrameMerger::Admit(const Delta& item, const MergeResult& result, const Context& held,
                                bool* taken) {
  bool vouched = false;
  if (writers_.has_value() && result.problem == MergeProblem::kNone) {
    absl::StatusOr<WriterCheck::Finding> finding = writers_->Look(item, held);
    if (!finding.ok()) return finding.status();
    *taken = finding->forged.empty();
    if (!*taken) return SetItemAside(item, finding->forged, SetAsideCause::kForged);
    vouched = finding->vouched;
  }
  if (vouched || !options_.admit) return absl::OkStatus();
  absl::Status admitted = options_.admit(scope_name_, item);
  *taken = admitted.ok();
  if (*taken) return admitted;
  return SetItemAside(
      item, std::string(admitted.message()),
      absl::IsFailedPrecondition(admitted) ? SetAsideCause::kNewerSchema : SetAsideCause::kRefused);
}

std::vector<Voucher> FrameMerger::VouchersOf(const Delta& item, const StoredRecord* before,
                                             const StoredRecord& after) const {
  std::vector<Voucher> newer;
  // The server needs none: it has the key.
  if (writers_.has_value()) return newer;
  for (const Voucher& voucher : item.vouchers) {
    newer.push_back(item.whole ? Carried(voucher, item.cells, after.state.cells) : voucher);
  }
  if (before == nullptr || before->vouchers.empty()) return newer;
  std::vector<Voucher> older;
  for (const Voucher& voucher : before->vouchers) {
    older.push_back(Carried(voucher, before->state.cells, after.state.cells));
  }
  return JoinVouchers(std::move(older), std::move(newer));
}

absl::Status FrameMerger::SetItemAside(const Delta& item, const std::string& reason, SetAsideCause cause) {
  outcome_.set_aside.push_back({item.id, reason, cause});
  SetAsideItem kept{options_.peer, reason, cause};
  kept.held = cause == SetAsideCause::kCollision;
  kept.delta = item;
  return KeepAside(place_.draft, scope_, kept);
}

absl::Status FrameMerger::ForgetMerged(const RecordId& id, const RecordState& state) {
  if (scope_->head.set_aside == 0) return absl::OkStatus();
  const auto rows = place_.draft->ScanPrefix(SetAsidePrefix(scope_->number, id));
  if (!rows.ok()) return rows.status();
  for (const auto& [key, row] : *rows) {
    const std::optional<SetAsideItem> kept = DecodeSetAsideRow(id, row);
    if (!kept.has_value()) return absl::DataLossError(kDamagedRow);
    RecordState merged = state;
    const MergeResult result = MergeDelta(kept->delta, &merged);
    const bool frame = kept->cause == SetAsideCause::kUnreadable;
    if (kept->held || frame || result.problem != MergeProblem::kNone || result.changed) continue;
    place_.draft->Delete(key);
    --scope_->head.set_aside;
  }
  return absl::OkStatus();
}

std::optional<Delta> FrameMerger::Lowered(const Delta& item) const {
  const int64_t latest = options_.receipt_ms + kMaxAheadOfReceiptMs;
  const auto is_ahead = [&](const Sibling& sibling) { return sibling.effective.ms > latest; };
  const bool any =
      options_.receipt_ms > 0 && std::any_of(item.cells.begin(), item.cells.end(), [&](const Cell& cell) {
        return std::any_of(cell.siblings.begin(), cell.siblings.end(), is_ahead);
      });
  if (!any) return std::nullopt;
  Delta lowered = item;
  for (Cell& cell : lowered.cells) {
    for (Sibling& sibling : cell.siblings) {
      if (is_ahead(sibling)) sibling.effective = {options_.receipt_ms, 0};
    }
  }
  return lowered;
}

}  // namespace trellis
