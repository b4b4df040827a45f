// What follows from the records is made again from them: feed, digests, indexes. Done at open when the store
// was rescued or comes from an earlier format; of a kind's indexes alone, see index_upkeep.h.
#pragma once

#include "absl/status/status.h"
#include "common/record/record_id.h"
#include "common/replica/record_indexer.h"
#include "common/storage/engine.h"

namespace trellis {

// Marks the store: RebuildIfNeeded will rebuild. Goes into the caller's batch; a mark that is in `view`
// already stays what it is.
absl::Status RequireRebuild(const ReadView& view, WriteBatch* batch);
// After a salvage: records that do not decode, or whose kind's name was lost, are taken out of the store (the
// damaged store is kept).
void RequireRebuildDroppingDamage(WriteBatch* batch);

// Before the replica's books are read. Killed half-way it starts again at the next open. While a rescue
// lasts, records a scope counted and does not have are added to the changes it tells as lost (rescue.h).
absl::Status RebuildIfNeeded(Engine* engine, const HashKey& key, const RecordIndexer& indexer);

}  // namespace trellis
