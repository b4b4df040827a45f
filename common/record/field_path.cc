#include "common/record/field_path.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <span>
#include <tuple>

namespace trellis {
namespace {

namespace pb = google::protobuf;

using Visit = std::function<bool(const FieldValue&)>;

const FieldInfo* FindField(const std::vector<FieldInfo>& fields, std::string_view name) {
  const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& field) {
    return field.name == name || field.json_name == name;
  });
  return field != fields.end() ? &*field : nullptr;
}

double NumberAt(const pb::Message& m, const pb::FieldDescriptor* f, int i) {
  const pb::Reflection& r = *m.GetReflection();
  switch (f->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return i < 0 ? r.GetInt32(m, f) : r.GetRepeatedInt32(m, f, i);
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return i < 0 ? r.GetUInt32(m, f) : r.GetRepeatedUInt32(m, f, i);
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return static_cast<double>(i < 0 ? r.GetInt64(m, f) : r.GetRepeatedInt64(m, f, i));
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return static_cast<double>(i < 0 ? r.GetUInt64(m, f) : r.GetRepeatedUInt64(m, f, i));
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return i < 0 ? r.GetFloat(m, f) : r.GetRepeatedFloat(m, f, i);
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return (i < 0 ? r.GetBool(m, f) : r.GetRepeatedBool(m, f, i)) ? 1 : 0;
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return i < 0 ? r.GetEnumValue(m, f) : r.GetRepeatedEnumValue(m, f, i);
    default:
      return i < 0 ? r.GetDouble(m, f) : r.GetRepeatedDouble(m, f, i);
  }
}

const pb::Message& MessageAt(const pb::Message& m, const pb::FieldDescriptor* f, int i) {
  return i < 0 ? m.GetReflection()->GetMessage(m, f) : m.GetReflection()->GetRepeatedMessage(m, f, i);
}

std::string TextAt(const pb::Message& m, const pb::FieldDescriptor* f, int i) {
  return i < 0 ? m.GetReflection()->GetString(m, f) : m.GetReflection()->GetRepeatedString(m, f, i);
}

FieldValue ValueAt(const pb::Message& message, const FieldInfo& field, int i) {
  FieldValue value;
  value.type = field.type;
  switch (field.type) {
    case FieldType::kText:
    case FieldType::kBytes:
      value.text = TextAt(message, field.descriptor, i);
      return value;
    case FieldType::kMoment: {
      const pb::Message& moment = MessageAt(message, field.descriptor, i);
      const pb::Descriptor* descriptor = moment.GetDescriptor();
      value.seconds = moment.GetReflection()->GetInt64(moment, descriptor->FindFieldByNumber(1));
      value.nanos = moment.GetReflection()->GetInt32(moment, descriptor->FindFieldByNumber(2));
      return value;
    }
    case FieldType::kMessage:
      return value;
    default:
      value.number = NumberAt(message, field.descriptor, i);
      return value;
  }
}

bool VisitAt(const pb::Message& message, std::span<const FieldInfo* const> path, const Visit& visit) {
  const FieldInfo& field = *path.front();
  const pb::Reflection& reflection = *message.GetReflection();
  const auto visit_one = [&](int i) {
    if (path.size() == 1) return visit(ValueAt(message, field, i));
    return VisitAt(MessageAt(message, field.descriptor, i), path.subspan(1), visit);
  };
  if (field.repeated) {
    const int size = reflection.FieldSize(message, field.descriptor);
    for (int i = 0; i < size; ++i) {
      if (visit_one(i)) return true;
    }
    return false;
  }
  if (field.descriptor->has_presence() && !reflection.HasField(message, field.descriptor)) return false;
  return visit_one(-1);
}

}  // namespace

std::optional<FieldPath> ResolveFieldPath(const KindInfo& kind, std::string_view path) {
  FieldPath steps;
  const std::vector<FieldInfo>* fields = &kind.fields;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('.', begin), path.size());
    const FieldInfo* field = FindField(*fields, path.substr(begin, end - begin));
    if (field == nullptr) return std::nullopt;
    steps.push_back(field);
    fields = &field->members;
    begin = end + 1;
  }
  return steps;
}

int CompareValues(const FieldValue& a, const FieldValue& b) {
  const auto left = std::tie(a.text, a.number, a.seconds, a.nanos);
  const auto right = std::tie(b.text, b.number, b.seconds, b.nanos);
  return left < right ? -1 : right < left ? 1 : 0;
}

bool AnyValue(const pb::Message& message, const FieldPath& path, const Visit& visit) {
  return VisitAt(message, path, visit);
}

bool AnyText(const pb::Message& message, const std::vector<FieldInfo>& fields,
             const std::function<bool(const std::string&)>& visit) {
  const pb::Reflection& reflection = *message.GetReflection();
  for (const FieldInfo& field : fields) {
    if (field.type != FieldType::kText && field.type != FieldType::kMessage) continue;
    const int size = field.repeated ? reflection.FieldSize(message, field.descriptor)
                                    : reflection.HasField(message, field.descriptor);
    for (int i = 0; i < size; ++i) {
      const int at = field.repeated ? i : -1;
      const bool stop = field.type == FieldType::kText
                            ? visit(TextAt(message, field.descriptor, at))
                            : AnyText(MessageAt(message, field.descriptor, at), field.members, visit);
      if (stop) return true;
    }
  }
  return false;
}

}  // namespace trellis
