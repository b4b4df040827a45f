// Filters of lists (AIP-160): the grammar is in filter_syntax.h. Against a kind:
//
//   text     = != exactly, * at either end of the value stands for anything; < <= > >= by bytes (dates sort);
//            : holds the value, whatever the case
//   number, time   all but `:` compare; a time is "2026-09-01T08:00:00Z" or "2026-09-01" (UTC midnight)
//   code, bool     = and != only; a code with or without its prefix (DONE, ACTION_STEP_STATE_DONE)
//   f:*      the field is there
//   repeated fields and what lies within: some element; != is NOT of =
//   a bare word    some text of the record holds it, whatever the case (of ASCII letters)
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/record/kind_info.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace trellis {

struct FilterPredicate;

// Index values [low, high) of a field that hold every match (index_entries.h). What is found there is to be
// checked with Matches.
struct IndexRange {
  uint32_t field = 0;
  std::string low;
  std::string high;
};

// Immutable; thread-safe. Points into the KindInfo, which must outlive it.
class RecordFilter {
 public:
  // InvalidArgument saying at what character and what was expected.
  static absl::StatusOr<RecordFilter> Parse(std::string_view filter, const KindInfo& kind);

  // REQUIRES: message is of the kind. Hand it the message as the asking person sees it: a filter over fields
  // they are not shown would tell what these hold.
  bool Matches(const google::protobuf::Message& message) const;

  // Of an indexed field that must equal one value, if there is such a one.
  const std::optional<IndexRange>& index_range() const { return index_range_; }

 private:
  RecordFilter() = default;

  std::shared_ptr<const FilterPredicate> root_;
  std::optional<IndexRange> index_range_;
};

}  // namespace trellis
