#include "common/record/filter_predicate.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "common/record/text_format.h"

namespace trellis {
namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool Holds(std::string_view text, std::string_view lower_needle) {
  return Lower(text).find(lower_needle) != std::string::npos;
}

// What a value of the field is to look like, if this one does not fit.
std::optional<std::string> ReadNumber(const FilterNode& node, FieldValue* value) {
  const char* end = node.value.data() + node.value.size();
  const auto result = std::from_chars(node.value.data(), end, value->number);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value->number)) return "a number";
  return std::nullopt;
}

std::optional<std::string> ReadBool(const FilterNode& node, FieldValue* value) {
  value->number = node.value == "true" ? 1 : 0;
  if (node.value != "true" && node.value != "false") return "true or false";
  return std::nullopt;
}

std::optional<std::string> ReadCode(const FilterNode& node, const FieldInfo& field, FieldValue* value) {
  const std::string& unspecified = field.descriptor->enum_type()->value(0)->name();
  const std::string prefix = unspecified.substr(0, unspecified.rfind("UNSPECIFIED"));
  std::string wanted = "one of";
  for (const EnumValueInfo& code : field.codes) {
    if (code.name == node.value || code.name == prefix + node.value) {
      value->number = code.number;
      return std::nullopt;
    }
    wanted += " " + code.name;
  }
  return wanted;
}

std::optional<std::string> ReadMoment(const FilterNode& node, FieldValue* value) {
  google::protobuf::Timestamp moment;
  const std::string text = IsDate(node.value) ? node.value + "T00:00:00Z" : node.value;
  if (!google::protobuf::util::TimeUtil::FromString(text, &moment)) {
    return "a time such as \"2026-09-01T08:00:00Z\" or 2026-09-01";
  }
  value->seconds = moment.seconds();
  value->nanos = moment.nanos();
  return std::nullopt;
}

// nullopt: read into `value`; otherwise what was wanted.
std::optional<std::string> ReadValue(const FilterNode& node, const FieldInfo& field, FieldValue* value) {
  value->type = field.type;
  switch (field.type) {
    case FieldType::kText:
      value->text = node.value;
      return std::nullopt;
    case FieldType::kInteger:
    case FieldType::kNumber:
      return ReadNumber(node, value);
    case FieldType::kBool:
      return ReadBool(node, value);
    case FieldType::kCode:
      return ReadCode(node, field, value);
    case FieldType::kMoment:
      return ReadMoment(node, value);
    case FieldType::kBytes:
    case FieldType::kMessage:
      return "* (whether it is there)";
  }
  return std::nullopt;
}

void TakeStars(FilterPredicate* predicate) {
  std::string& text = predicate->value.text;
  if (text.starts_with('*')) {
    predicate->any_before = true;
    text.erase(0, 1);
  }
  if (text.ends_with('*')) {
    predicate->any_after = true;
    text.pop_back();
  }
}

// Whether the value was given, as far as can be told.
bool IsSaid(const FieldInfo& field, const FieldValue& value) {
  if (field.repeated || field.optional || field.type == FieldType::kMoment ||
      field.type == FieldType::kMessage) {
    return true;
  }
  return !value.text.empty() || value.number != 0;
}

bool IsOrdering(FilterOp op) {
  return op == FilterOp::kLess || op == FilterOp::kLessEqual || op == FilterOp::kGreater ||
         op == FilterOp::kGreaterEqual;
}

absl::StatusOr<FilterPredicate> BindRestriction(std::string_view filter, const FilterNode& node,
                                                const KindInfo& kind) {
  FilterPredicate predicate;
  predicate.type = node.type;
  predicate.op = node.op;
  auto path = ResolveFieldPath(kind, node.name);
  if (!path) {
    return FilterErrorAt(filter, node.name_at,
                         fmt::format("{} has no field \"{}\" (records describe {} lists them)", kind.name,
                                     node.name, kind.name));
  }
  predicate.path = *std::move(path);
  const FieldInfo& field = *predicate.path.back();
  if (node.op == FilterOp::kHas && node.value == "*" && !node.quoted) {
    predicate.presence = true;
    return predicate;
  }
  if (const auto wanted = ReadValue(node, field, &predicate.value)) {
    return FilterErrorAt(filter, node.value_at, fmt::format("expected {} for {}", *wanted, node.name));
  }
  const bool equality_only = field.type == FieldType::kCode || field.type == FieldType::kBool;
  if (equality_only && IsOrdering(node.op)) {
    return FilterErrorAt(filter, node.name_at, fmt::format("{} compares with = and != only", node.name));
  }
  if (node.op == FilterOp::kHas && !field.repeated && field.type != FieldType::kText) {
    return FilterErrorAt(filter, node.name_at,
                         fmt::format("{} takes : with * only; compare it with =", node.name));
  }
  if (field.type != FieldType::kText) return predicate;
  if (node.op == FilterOp::kHas) predicate.needle = Lower(node.value);
  if (node.op == FilterOp::kEqual || node.op == FilterOp::kNotEqual) TakeStars(&predicate);
  return predicate;
}

}  // namespace

bool FilterPredicate::MatchesValue(const FieldValue& found) const {
  if (presence) return IsSaid(*path.back(), found);
  if (found.type == FieldType::kText) {
    if (op == FilterOp::kHas && !path.back()->repeated) return Holds(found.text, needle);
    if (any_before || any_after) {
      if (found.text.size() < value.text.size()) return false;
      if (any_before && any_after) return found.text.find(value.text) != std::string::npos;
      return any_after ? found.text.starts_with(value.text) : found.text.ends_with(value.text);
    }
  }
  const int order = CompareValues(found, value);
  switch (op) {
    case FilterOp::kLess:
      return order < 0;
    case FilterOp::kLessEqual:
      return order <= 0;
    case FilterOp::kGreater:
      return order > 0;
    case FilterOp::kGreaterEqual:
      return order >= 0;
    default:
      return order == 0;
  }
}

bool FilterPredicate::Matches(const google::protobuf::Message& message) const {
  const auto matches = [&](const FilterPredicate& child) { return child.Matches(message); };
  switch (type) {
    case FilterNode::Type::kAnd:
      return std::all_of(children.begin(), children.end(), matches);
    case FilterNode::Type::kOr:
      return std::any_of(children.begin(), children.end(), matches);
    case FilterNode::Type::kNot:
      return !children.front().Matches(message);
    case FilterNode::Type::kSearch:
      return AnyText(message, kind->fields, [&](const std::string& text) { return Holds(text, needle); });
    case FilterNode::Type::kRestriction: {
      const bool any = AnyValue(message, path, [&](const FieldValue& found) { return MatchesValue(found); });
      return op == FilterOp::kNotEqual ? !any : any;
    }
  }
  return false;
}

absl::StatusOr<FilterPredicate> BindFilter(std::string_view filter, const FilterNode& node,
                                           const KindInfo& kind) {
  if (node.type == FilterNode::Type::kRestriction) return BindRestriction(filter, node, kind);
  FilterPredicate predicate;
  predicate.type = node.type;
  if (node.type == FilterNode::Type::kSearch) {
    predicate.needle = Lower(node.name);
    predicate.kind = &kind;
  }
  for (const FilterNode& child : node.children) {
    auto bound = BindFilter(filter, child, kind);
    if (!bound.ok()) return bound;
    predicate.children.push_back(*std::move(bound));
  }
  return predicate;
}

}  // namespace trellis
