// The order of a list: "field, other.field desc".
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/record/field_path.h"

namespace trellis {

// Immutable; thread-safe. Points into the KindInfo, which must outlive it.
class RecordOrder {
 public:
  // Empty text: no order of its own. InvalidArgument for unknown, repeated and group fields, and for more
  // than eight.
  static absl::StatusOr<RecordOrder> Parse(std::string_view order_by, const KindInfo& kind);

  // Negative, 0, positive as a comes before, with or after b. What is not set comes first (last under desc).
  // Equal records are to be ordered by id. REQUIRES: both of the kind, as the asking person sees them.
  int Compare(const google::protobuf::Message& a, const google::protobuf::Message& b) const;

  bool empty() const { return keys_.empty(); }

 private:
  struct Key {
    FieldPath path;
    bool descending = false;
  };
  std::vector<Key> keys_;
};

}  // namespace trellis
