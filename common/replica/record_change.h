// One record's change within a commit, and everything that follows from it: feed, digest, indexes,
// conflicts, history.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/replica/draft.h"
#include "common/replica/record_indexer.h"
#include "common/tables/stored_record.h"

namespace trellis {

using NameOfKind = std::function<std::string(KindNumber)>;
// A row of the record table, kind named, without its version.
absl::StatusOr<StoredRecord> ReadRecord(std::string_view row, const NameOfKind& name_of);

class RecordChanges {
 public:
  // Who wrote, for what a state does not tell: a value taken out leaves no sibling behind.
  struct Author {
    std::string actor;
    Stamp at;
  };

  // What it is given must outlive it.
  RecordChanges(Draft* draft, ScopeFacts* scope, const HashKey& key, const RecordIndexer* indexer);

  // The record as the draft has it, without its version; nullopt if there is none.
  absl::StatusOr<std::optional<StoredRecord>> Load(const RecordId& id) const;
  // The same from a row read before.
  absl::StatusOr<std::optional<StoredRecord>> Decode(const std::optional<std::string>& row) const;

  // Drafts the change from `before` (null: a new record) to `*after`, which gets its seq and version here.
  absl::Status Store(const RecordId& id, const StoredRecord* before, const Author& author,
                     StoredRecord* after);

 private:
  absl::Status StoreHistory(const RecordId& id, const StoredRecord& before, const Author& author,
                            const StoredRecord& after);
  void StoreIndexes(const RecordId& id, const StoredRecord* before, const StoredRecord& after,
                    KindNumber kind);
  absl::Status ForgetErased(const RecordId& id);

  Draft* draft_;
  ScopeFacts* scope_;
  const HashKey& key_;
  const RecordIndexer* indexer_;
  NameOfKind name_of_;
};

}  // namespace trellis
