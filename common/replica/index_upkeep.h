// Indexes follow what the program says of its kinds: when another program wrote the store, newer or older,
// the entries of the kinds it declared differently are made again at open.
//
//   begin a kind    its row in table 'y' goes       from here on no program takes its entries for whole
//   its entries     any number of batches
//   end             its row says what is indexed
//
// Killed at any moment, the next opening makes the entries of that kind once more, and of the others that are
// left. Records of a kind the program does not know have no entries by field, and every field is a register.
#pragma once

#include "absl/status/status.h"
#include "common/replica/record_indexer.h"
#include "common/storage/engine.h"

namespace trellis {

// Before the replica's books are read.
absl::Status IndexAsDeclared(Engine* engine, const RecordIndexer& indexer);

// Adds to the batch that all there is in `view` was indexed as the indexer says.
absl::Status NoteIndexed(const ReadView& view, const RecordIndexer& indexer, WriteBatch* batch);

}  // namespace trellis
