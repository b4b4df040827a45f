// Records of kinds this program does not know, which a newer one left here: kept and synced whole, shown to
// nobody (who may see them is said by a proto this program does not have), and told of by count.
#pragma once

#include <string>
#include <vector>

#include "common/record/kind_registry.h"
#include "common/replica/replica.h"

namespace trellis {

struct NewerKind {
  std::string kind;  // full name
  uint64_t records = 0;
  friend bool operator==(const NewerKind&, const NewerKind&) = default;
};

// In order of the name; over all scopes, deleted records too.
absl::StatusOr<std::vector<NewerKind>> CountNewerKinds(const Replica& replica, const KindRegistry& kinds);

// One sentence for people; empty: there are none.
std::string NewerKindsNotice(const std::vector<NewerKind>& newer);

}  // namespace trellis
