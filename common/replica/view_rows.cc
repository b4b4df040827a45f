// The rows of views in ReplicaStore: beside the commit path, since they follow from what it committed.
#include <fmt/format.h>

#include "common/replica/replica_store.h"
#include "common/tables/key_codec.h"
#include "common/tables/view_table.h"

namespace trellis {

ViewRows* ViewRowsOf(Replica* replica) { return dynamic_cast<ViewRows*>(replica); }

absl::Status ReplicaStore::ScanViewRows(
    std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view row)>& visit) const {
  const std::string begin = ViewKey(prefix);
  return path_.engine()->Snapshot()->Scan(
      begin, PrefixEnd(begin), false,
      [&](std::string_view key, std::string_view row) { return visit(RowKeyOfViewKey(key), row); });
}

absl::Status ReplicaStore::WriteViewRows(Epoch epoch, const ViewChange& change) {
  if (epoch != path_.epoch()) return absl::AbortedError("the store was opened again: read the view anew");
  Engine* const engine = path_.engine();
  if (absl::Status room = engine->CheckRoom(Room::kWork); !room.ok()) return room;
  WriteBatch batch;
  for (const std::string& prefix : change.cleared) {
    absl::Status status = ScanViewRows(prefix, [&](std::string_view key, std::string_view) {
      batch.Delete(ViewKey(key));
      return true;
    });
    if (!status.ok()) return status;
  }
  for (const auto& [key, row] : change.rows) {
    if (row.has_value()) {
      batch.Put(ViewKey(key), *row);
    } else {
      batch.Delete(ViewKey(key));
    }
  }
  if (batch.empty()) return absl::OkStatus();
  absl::Status status = engine->Commit(batch, Durability::kBuffered);
  if (status.ok()) return status;
  return absl::UnavailableError(
      fmt::format("the rows of a view may or may not be stored ({})", std::string(status.message())));
}

}  // namespace trellis
