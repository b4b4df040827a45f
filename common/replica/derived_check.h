// Whether what follows from the records (feed, digest leaves, heads, indexes) is what they give.
#pragma once

#include "absl/status/status.h"
#include "common/record/hash.h"
#include "common/replica/record_indexer.h"
#include "common/storage/engine.h"

namespace trellis {

// Reads everything in the view. kDataLoss naming scope and table. REQUIRES: the store was opened with this
// indexer, so that its indexes are of its making.
absl::Status CheckDerived(const ReadView& view, const HashKey& key, const RecordIndexer& indexer);

}  // namespace trellis
