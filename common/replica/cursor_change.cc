#include "common/replica/cursor_change.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/time/planted.h"

namespace trellis {

absl::StatusOr<CursorChange> CursorChange::Load(const Draft& draft, std::string_view peer, ScopeNumber scope,
                                                Epoch epoch) {
  CursorChange change;
  change.prefix_ = CursorPrefix(peer, scope);
  change.key_ = CursorKey(peer, scope, epoch);
  const auto bytes = draft.Get(change.key_);
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return change;
  const std::optional<CursorRow> row = DecodeCursorRow(**bytes);
  if (!row.has_value()) return absl::DataLossError(kDamagedRow);
  change.row_ = *row;
  change.is_new_ = false;
  return change;
}

void CursorChange::Raise(Lane lane, uint64_t seq, uint64_t seen) {
  row_.seen = std::max({row_.seen, seen, seq});
  std::optional<uint64_t>& cursor = row_.lanes[static_cast<int>(lane)];
  if (Planted(Fault::kOneCursorOverLanes)) row_.lanes.fill(std::max(cursor.value_or(0), seq));
  if (cursor.has_value() && *cursor >= seq && !Planted(Fault::kCursorGoesBack)) {
    raised_ = raised_ || Planted(Fault::kOneCursorOverLanes);
    return;
  }
  cursor = seq;
  raised_ = true;
}

absl::Status CursorChange::Store(Draft* draft) const {
  if (!raised_) return absl::OkStatus();
  CursorRow row = row_;
  if (is_new_) {
    const auto rows = draft->ScanPrefix(prefix_);
    if (!rows.ok()) return rows.status();
    std::vector<std::pair<uint64_t, std::string>> by_age;
    for (const auto& [key, bytes] : *rows) {
      const std::optional<CursorRow> other = DecodeCursorRow(bytes);
      if (!other.has_value()) return absl::DataLossError(kDamagedRow);
      by_age.emplace_back(other->ordinal, key);
    }
    std::sort(by_age.begin(), by_age.end());
    if (!by_age.empty()) row.ordinal = by_age.back().first + 1;
    for (size_t i = 0; i + kMaxCursorEpochs <= by_age.size(); ++i) draft->Delete(by_age[i].second);
  }
  draft->Put(key_, EncodeCursorRow(row));
  return absl::OkStatus();
}

}  // namespace trellis
