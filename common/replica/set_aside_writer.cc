#include "common/replica/set_aside_writer.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "common/tables/set_aside_table.h"

namespace trellis {
namespace {

absl::StatusOr<uint64_t> CountOf(const Draft& draft, ScopeNumber scope, const std::string& peer) {
  const auto rows = draft.ScanPrefix(SetAsideScopePrefix(scope));
  if (!rows.ok()) return rows.status();
  uint64_t count = 0;
  for (const auto& [key, row] : *rows) {
    const std::optional<SetAsideItem> item = DecodeSetAsideRow(SetAsideIdOfKey(key), row);
    if (!item.has_value()) return absl::DataLossError(kDamagedRow);
    if (item->peer == peer) ++count;
  }
  return count;
}

}  // namespace

absl::Status KeepAside(Draft* draft, ScopeFacts* scope, const SetAsideItem& item) {
  std::string row = EncodeSetAsideRow(item);
  std::string key = SetAsideKey(scope->number, item.delta.id, row);
  const auto there = draft->Get(key);
  if (!there.ok()) return there.status();
  if (there->has_value()) return absl::OkStatus();
  if (scope->head.set_aside >= kMostSetAside) {
    const absl::StatusOr<uint64_t> count = CountOf(*draft, scope->number, item.peer);
    if (!count.ok()) return count.status();
    if (*count >= kMostSetAside) {
      return absl::ResourceExhaustedError(fmt::format(
          "{} items of {} are set aside: look at them (`trellis quarantine list`) before more is taken",
          *count, item.peer));
    }
  }
  ++scope->head.set_aside;
  draft->Put(std::move(key), std::move(row));
  return absl::OkStatus();
}

}  // namespace trellis
