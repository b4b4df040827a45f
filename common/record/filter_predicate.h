// A filter bound to a kind: fields resolved, values read as their types say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/record/field_path.h"
#include "common/record/filter_syntax.h"

namespace trellis {

struct FilterPredicate {
  FilterNode::Type type = FilterNode::Type::kAnd;
  std::vector<FilterPredicate> children;
  // kRestriction
  FieldPath path;
  FilterOp op = FilterOp::kEqual;
  bool presence = false;  // f:*
  FieldValue value;
  bool any_before = false;  // the value began with *
  bool any_after = false;   // the value ended with *
  // kSearch, and `:` on text; in lower case
  std::string needle;
  const KindInfo* kind = nullptr;

  bool Matches(const google::protobuf::Message& message) const;

 private:
  bool MatchesValue(const FieldValue& found) const;
};

// `filter` is the text `node` was parsed from.
absl::StatusOr<FilterPredicate> BindFilter(std::string_view filter, const FilterNode& node,
                                           const KindInfo& kind);

}  // namespace trellis
