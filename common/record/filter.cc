#include "common/record/filter.h"

#include <cmath>

#include "common/record/filter_predicate.h"
#include "common/record/index_entries.h"

namespace trellis {
namespace {

std::string EncodeForIndex(const FieldInfo& field, const FieldValue& value) {
  switch (field.type) {
    case FieldType::kText:
      return EncodeIndexText(value.text);
    case FieldType::kBool:
      return EncodeIndexBool(value.number != 0);
    case FieldType::kNumber:
      return EncodeIndexNumber(value.number);
    case FieldType::kMoment:
      return EncodeIndexMoment(value.seconds, value.nanos);
    default:
      return EncodeIndexInteger(static_cast<int64_t>(value.number));
  }
}

// Whether a record that equals the value surely has an index entry for it.
bool IsIndexed(const FieldInfo& field, const FieldValue& value) {
  if (!field.index || field.type == FieldType::kMessage || field.type == FieldType::kBytes) return false;
  if (field.type == FieldType::kText) return !value.text.empty();
  if (field.type == FieldType::kInteger)
    return value.number == std::trunc(value.number) && value.number != 0 && std::abs(value.number) < 9e15;
  return field.type == FieldType::kMoment || value.number != 0;
}

std::optional<IndexRange> RangeOf(const FilterPredicate& predicate) {
  if (predicate.type == FilterNode::Type::kAnd) {
    for (const FilterPredicate& child : predicate.children) {
      if (auto range = RangeOf(child)) return range;
    }
    return std::nullopt;
  }
  if (predicate.type != FilterNode::Type::kRestriction || predicate.path.size() != 1 || predicate.presence ||
      predicate.any_before || predicate.any_after) {
    return std::nullopt;
  }
  const FieldInfo& field = *predicate.path.front();
  const bool equal = predicate.op == FilterOp::kEqual || (predicate.op == FilterOp::kHas && field.repeated);
  if (!equal || !IsIndexed(field, predicate.value)) return std::nullopt;
  std::string low = EncodeForIndex(field, predicate.value);
  std::string high = low + '\0';
  return IndexRange{field.number, std::move(low), std::move(high)};
}

}  // namespace

absl::StatusOr<RecordFilter> RecordFilter::Parse(std::string_view filter, const KindInfo& kind) {
  const auto syntax = ParseFilterSyntax(filter);
  if (!syntax.ok()) return syntax.status();
  auto predicate = BindFilter(filter, *syntax, kind);
  if (!predicate.ok()) return predicate.status();
  RecordFilter out;
  out.root_ = std::make_shared<const FilterPredicate>(*std::move(predicate));
  out.index_range_ = RangeOf(*out.root_);
  return out;
}

bool RecordFilter::Matches(const google::protobuf::Message& message) const { return root_->Matches(message); }

}  // namespace trellis
