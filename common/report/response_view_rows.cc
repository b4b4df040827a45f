// How a ResponseView rests: as rows (view_blocks.h), of which only the changed ones are written.
#include <algorithm>
#include <utility>

#include "common/report/response_view.h"
#include "common/report/view_blocks.h"

namespace trellis {
namespace {

void AddBlocks(uint32_t group, GroupPart part, const std::map<int, std::optional<std::string>>& blocks,
               ViewRowChanges* changes) {
  for (const auto& [number, block] : blocks) {
    changes->rows[GroupKeyOf(group, part, static_cast<uint32_t>(number))] = block;
  }
}

}  // namespace

void ResponseView::AddChanges(ViewRowChanges* changes) const {
  for (uint32_t group : gone_groups_) changes->cleared.push_back(GroupPrefix(group));
  for (const auto& [key, placed] : columns_) {
    if (!placed.saved) changes->rows[GroupKeyOf(placed.number, GroupPart::kPlace, 0)] = EncodePlace(placed);
    const ColumnChanges blocks = placed.columns.Changes();
    if (blocks.header) changes->rows[GroupKeyOf(placed.number, GroupPart::kHeader, 0)] = blocks.header;
    AddBlocks(placed.number, GroupPart::kSegment, blocks.segments, changes);
    AddBlocks(placed.number, GroupPart::kIdentities, blocks.identities, changes);
    AddBlocks(placed.number, GroupPart::kDelta, blocks.delta_rows, changes);
  }
  for (const ResponseKey& key : changed_waiting_) {
    const auto waits = waiting_.find(key);
    changes->rows[ResponseRowKey(kWaitingRow, key.first, key.second)] =
        waits == waiting_.end() ? std::nullopt : std::optional(EncodeWaiting(waits->second));
  }
  for (const ResponseKey& key : changed_answers_) {
    const auto kept = answers_.find(key);
    changes->rows[ResponseRowKey(kAnswersRow, key.first, key.second)] =
        kept == answers_.end() ? std::nullopt : std::optional(EncodeAnswers(kept->second));
  }
}

void ResponseView::Saved() {
  gone_groups_.clear();
  changed_waiting_.clear();
  changed_answers_.clear();
  for (auto& [key, placed] : columns_) {
    placed.saved = true;
    placed.columns.Saved();
  }
}

absl::Status ResponseView::RestoreGroup() {
  if (!group_rows_.number) return absl::OkStatus();
  const GroupRows rows = std::exchange(group_rows_, {});
  absl::StatusOr<PlacedColumns> placed = DecodePlace(rows.place);
  if (!placed.ok()) return placed.status();
  auto columns = ResponseColumns::FromBlocks(rows.header, rows.segments, rows.identities, rows.delta);
  if (!columns.ok()) return columns.status();
  placed->columns = *std::move(columns);
  placed->layout.questions = placed->columns.layout().questions;
  placed->number = *rows.number;
  placed->saved = true;
  if (placed->layout.slots.size() != placed->layout.questions.size()) {
    return absl::DataLossError("the report columns do not say where their questions stand; rebuild them");
  }
  next_group_ = std::max(next_group_, *rows.number + 1);
  Key key{placed->scope, placed->survey, placed->wave, placed->organization};
  columns_.emplace(std::move(key), *std::move(placed));
  return absl::OkStatus();
}

absl::Status ResponseView::Restore(std::string_view key, std::string_view row) {
  restoring_ = true;
  if (key.empty()) return absl::OkStatus();
  if (key[0] == kWaitingRow || key[0] == kAnswersRow) {
    const auto response = ParseResponseRowKey(key);
    if (!response) return absl::DataLossError("a row of the report columns has no name; rebuild them");
    if (key[0] == kWaitingRow) {
      absl::StatusOr<PlainResponse> waiting = DecodeWaiting(row);
      if (!waiting.ok()) return waiting.status();
      waiting_[*response] = *std::move(waiting);
      return absl::OkStatus();
    }
    absl::StatusOr<std::vector<uint8_t>> answers = DecodeAnswers(row);
    if (!answers.ok()) return answers.status();
    answers_[*response] = *std::move(answers);
    return absl::OkStatus();
  }
  const std::optional<GroupRowKey> part = ParseGroupKey(key);
  if (!part) return absl::OkStatus();
  if (group_rows_.number != part->group) {
    if (absl::Status status = RestoreGroup(); !status.ok()) return status;
    group_rows_.number = part->group;
  }
  switch (part->part) {
    case GroupPart::kPlace:
      group_rows_.place = row;
      break;
    case GroupPart::kHeader:
      group_rows_.header = row;
      break;
    case GroupPart::kSegment:
      group_rows_.segments.emplace(part->number, row);
      break;
    case GroupPart::kIdentities:
      group_rows_.identities.emplace(part->number, row);
      break;
    case GroupPart::kDelta:
      group_rows_.delta.emplace(part->number, row);
      break;
  }
  return absl::OkStatus();
}

absl::Status ResponseView::FinishRestore() {
  if (absl::Status status = RestoreGroup(); !status.ok()) return status;
  restoring_ = false;
  LayOutAgain();
  return absl::OkStatus();
}

}  // namespace trellis
