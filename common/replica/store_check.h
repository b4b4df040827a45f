// Whether a store holds what it says it holds, by a look that changes nothing.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/record/record_id.h"
#include "common/storage/engine.h"
#include "common/tables/scope_tables.h"

namespace trellis {

struct CheckedScope {
  std::string scope;
  HeadRow head;
};

// Every record is read: each scope's count and digest must be those of its records. kDataLoss names the scope
// that differs, or the damage. In order of scope.
absl::StatusOr<std::vector<CheckedScope>> CheckStore(const ReadView& view, const HashKey& key);

}  // namespace trellis
