// A damaged store made whole again from what of it can be read. The rows are copied around the damage into a
// new store beside it; what follows from the records is left out and rebuilt when it is opened, cursors are
// void. The damaged store is kept.
//
//   FOLDER/store.salvage     being made; FOLDER/store.salvage/WHOLE when it is
//   FOLDER/store.repair      the damaged files, logs cleaned, listed again if their list was lost
//   FOLDER/store.damaged.N   what was found; nobody removes it
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/storage/engine.h"
#include "common/storage/rocksdb_engine.h"

namespace trellis {

// Copies every row that can be read, cursors and what follows from the records apart. Gives the number of
// places it had to pass over. Rows of a scope whose name could not be read are left out.
absl::StatusOr<int> CopyReadable(const ReadView& from, Engine* to);

// Whether a log of FOLDER/store holds records after damage that opening takes for its torn end.
bool HasMoreBehindDamage(const std::string& folder, const Disk& disk);

// Puts the salvaged store in the place of FOLDER/store. Killed at any moment, it is taken up by
// FinishSalvage or begun again. kResourceExhausted: there is no room for a second copy; nothing has changed.
absl::Status SalvageStore(const std::string& folder, const RocksDbOptions& options);

// Before the store is opened: ends a salvage that was killed.
absl::Status FinishSalvage(const std::string& folder, const Disk& disk);

}  // namespace trellis
