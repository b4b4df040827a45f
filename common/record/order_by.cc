#include "common/record/order_by.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace trellis {
namespace {

constexpr size_t kMaxKeys = 8;

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<FieldValue> ValueAt(const google::protobuf::Message& message, const FieldPath& path) {
  std::optional<FieldValue> value;
  AnyValue(message, path, [&](const FieldValue& found) {
    value = found;
    return true;
  });
  return value;
}

int CompareAt(const google::protobuf::Message& a, const google::protobuf::Message& b, const FieldPath& path) {
  const auto left = ValueAt(a, path);
  const auto right = ValueAt(b, path);
  if (!left || !right) return static_cast<int>(left.has_value()) - static_cast<int>(right.has_value());
  return CompareValues(*left, *right);
}

bool CanOrder(const FieldPath& path) {
  return path.back()->type != FieldType::kMessage &&
         std::none_of(path.begin(), path.end(), [](const FieldInfo* field) { return field->repeated; });
}

}  // namespace

absl::StatusOr<RecordOrder> RecordOrder::Parse(std::string_view order_by, const KindInfo& kind) {
  RecordOrder order;
  if (Trim(order_by).empty()) return order;
  for (size_t begin = 0; begin <= order_by.size();) {
    const size_t end = std::min(order_by.find(',', begin), order_by.size());
    std::string_view part = Trim(order_by.substr(begin, end - begin));
    begin = end + 1;
    bool descending = false;
    if (const size_t space = part.find(' '); space != std::string_view::npos) {
      const std::string_view direction = Trim(part.substr(space));
      descending = direction == "desc";
      if (!descending && direction != "asc") {
        return absl::InvalidArgumentError(fmt::format("order: after \"{}\" comes asc or desc, not \"{}\"",
                                                      part.substr(0, space), direction));
      }
      part = part.substr(0, space);
    }
    auto path = ResolveFieldPath(kind, part);
    if (!path) {
      return absl::InvalidArgumentError(fmt::format(
          "order: {} has no field \"{}\" (records describe {} lists them)", kind.name, part, kind.name));
    }
    if (!CanOrder(*path)) {
      return absl::InvalidArgumentError(fmt::format("order: \"{}\" has no single value to order by", part));
    }
    if (order.keys_.size() == kMaxKeys) {
      return absl::InvalidArgumentError(fmt::format("order: at most {} fields", kMaxKeys));
    }
    order.keys_.push_back({*std::move(path), descending});
  }
  return order;
}

int RecordOrder::Compare(const google::protobuf::Message& a, const google::protobuf::Message& b) const {
  for (const Key& key : keys_) {
    const int order = CompareAt(a, b, key.path);
    if (order != 0) return key.descending ? -order : order;
  }
  return 0;
}

}  // namespace trellis
