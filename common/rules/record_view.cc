#include "common/rules/record_view.h"

#include <google/protobuf/descriptor.h>

namespace trellis {

std::vector<std::string> NamesOf(const ViewedRecord& record) {
  std::vector<std::string> names = {record.id};
  if (record.kind->code_field == 0) return names;
  const auto* field =
      record.message->GetDescriptor()->FindFieldByNumber(static_cast<int>(record.kind->code_field));
  std::string code = record.message->GetReflection()->GetString(*record.message, field);
  if (!code.empty()) names.push_back(std::move(code));
  return names;
}

}  // namespace trellis
