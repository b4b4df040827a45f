#include "common/service/unknown_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <memory>
#include <string>

#include "common/record/message_cells.h"

namespace trellis {
namespace {

using google::protobuf::Message;

std::string KnownPart(const Message& message) {
  const std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  copy->DiscardUnknownFields();
  return copy->SerializeAsString();
}

std::string KeyOf(const FieldInfo& field, const Message& element) {
  return field.element_key != 0 ? KeyOfElement(element.SerializeAsString(), field.element_key)
                                : KnownPart(element);
}

void CarryInto(const FieldInfo& field, const Message& before, Message* after) {
  const auto* reflection = after->GetReflection();
  if (reflection->GetUnknownFields(*after).empty()) {
    reflection->MutableUnknownFields(after)->MergeFrom(before.GetReflection()->GetUnknownFields(before));
  }
  CarryUnknownFields(field.members, before, after);
}

void CarryIntoElements(const FieldInfo& field, const Message& before, Message* after) {
  const auto* reflection = after->GetReflection();
  for (int i = 0; i < reflection->FieldSize(*after, field.descriptor); ++i) {
    Message* element = reflection->MutableRepeatedMessage(after, field.descriptor, i);
    const std::string key = KeyOf(field, *element);
    for (int j = 0; j < reflection->FieldSize(before, field.descriptor); ++j) {
      const Message& old = reflection->GetRepeatedMessage(before, field.descriptor, j);
      if (KeyOf(field, old) != key) continue;
      CarryInto(field, old, element);
      break;
    }
  }
}

}  // namespace

void CarryUnknownFields(const std::vector<FieldInfo>& fields, const Message& before, Message* after) {
  const auto* reflection = after->GetReflection();
  for (const FieldInfo& field : fields) {
    if (field.type != FieldType::kMessage) continue;
    if (field.repeated) {
      CarryIntoElements(field, before, after);
    } else if (reflection->HasField(before, field.descriptor) &&
               reflection->HasField(*after, field.descriptor)) {
      CarryInto(field, reflection->GetMessage(before, field.descriptor),
                reflection->MutableMessage(after, field.descriptor));
    }
  }
}

}  // namespace trellis
