// A dotted path to a field of a kind, and the values a message has there.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/record/kind_info.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace trellis {

// The fields stepped through, outermost first; never empty. Points into the KindInfo it was resolved in.
using FieldPath = std::vector<const FieldInfo*>;

// By proto or JSON names, such as questions.slot. nullopt if there is no such field.
std::optional<FieldPath> ResolveFieldPath(const KindInfo& kind, std::string_view path);

// One value of a field. Which members count follows from `type`.
struct FieldValue {
  FieldType type = FieldType::kText;
  std::string text;     // kText, kBytes
  double number = 0;    // kInteger, kNumber, kBool (0, 1), kCode (its number)
  int64_t seconds = 0;  // kMoment, since 1970
  int32_t nanos = 0;
};

// Less, equal, greater: -1, 0, 1. REQUIRES: the same type.
int CompareValues(const FieldValue& a, const FieldValue& b);

// Calls `visit` with each value the message has at the path, until it returns true; returns whether it did.
// A plain field that is not set has its default value; an optional one, a message or a repeated field none.
// A kMessage at the end of the path is visited with no content.
bool AnyValue(const google::protobuf::Message& message, const FieldPath& path,
              const std::function<bool(const FieldValue&)>& visit);

// The same for every text the message holds, at any depth.
bool AnyText(const google::protobuf::Message& message, const std::vector<FieldInfo>& fields,
             const std::function<bool(const std::string&)>& visit);

}  // namespace trellis
