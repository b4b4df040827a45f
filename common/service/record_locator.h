// Finds the record somebody means by an id or a code.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/service/record_store.h"

namespace trellis {

struct RecordName {
  std::string kind;
  std::string id;     // or code
  std::string scope;  // empty: as ScopesToSearch
};

struct FoundRecord {
  const KindInfo* kind = nullptr;
  ScopeName scope;
  RecordId id;
  StoredRecord stored;
};

// Looks only where the principal may read: PERMISSION_DENIED if that is nowhere. NOT_FOUND with
// RECORD_NOT_FOUND; INVALID_ARGUMENT where several live records have the code. A record that is not live is
// found by id; by code only `with_deleted` and if no live one has it.
absl::StatusOr<FoundRecord> LocateRecord(const RecordStore& store, const Principal& principal,
                                         const RecordName& name, bool with_deleted);

// Live records of the kind in the scope that show this code, at most `limit`.
absl::StatusOr<std::vector<RecordId>> RecordsWithCode(const RecordStore& store, const KindInfo& kind,
                                                      const ScopeName& scope, std::string_view code,
                                                      size_t limit);

}  // namespace trellis
