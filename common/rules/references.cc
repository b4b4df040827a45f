#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "common/rules/rule_families.h"
#include "trellis/domain/v1/code_list.pb.h"

namespace trellis {
namespace {

namespace pb = google::protobuf;

bool FeatureIsOn(const std::string& feature, RecordView* view) {
  const std::optional<ViewedRecord> record = view->Find("Feature", feature, "shared");
  const auto* message = record ? dynamic_cast<const domain::v1::Feature*>(record->message.get()) : nullptr;
  return message != nullptr && message->enabled();
}

class Walk {
 public:
  Walk(const RuledRecord& record, RecordView* view, Findings* found)
      : record_(record), view_(view), found_(found) {}

  void Message(const pb::Message& message, const std::vector<FieldInfo>& fields, const std::string& prefix) {
    for (const FieldInfo& field : fields) Field(message, field, prefix + field.json_name);
  }

 private:
  void Field(const pb::Message& message, const FieldInfo& field, const std::string& path) {
    const pb::Reflection* reflection = message.GetReflection();
    const pb::FieldDescriptor* descriptor =
        message.GetDescriptor()->FindFieldByNumber(static_cast<int>(field.number));
    if (descriptor == nullptr) return;
    const int count = field.repeated                              ? reflection->FieldSize(message, descriptor)
                      : reflection->HasField(message, descriptor) ? 1
                                                                  : 0;
    if (count == 0) return;
    if (!field.feature.empty() && !FeatureIsOn(field.feature, view_)) Off(field.feature, path);
    for (int i = 0; i < count; ++i) {
      if (field.type == FieldType::kMessage) {
        const pb::Message& part = field.repeated ? reflection->GetRepeatedMessage(message, descriptor, i)
                                                 : reflection->GetMessage(message, descriptor);
        Message(part, field.members, path + ".");
      } else if (field.type == FieldType::kText && (!field.refers_to.empty() || !field.code_list.empty())) {
        Value(field, path,
              field.repeated ? reflection->GetRepeatedString(message, descriptor, i)
                             : reflection->GetString(message, descriptor));
      }
    }
  }

  void Value(const FieldInfo& field, const std::string& path, const std::string& value) {
    if (value.empty()) return;
    if (!field.refers_to.empty() && !view_->Find(field.refers_to, value, record_.scope)) {
      found_->push_back({"reference-missing", path,
                         fmt::format("names {} {}, which is not here: correct it, or enter that one",
                                     field.refers_to, value)});
    }
    if (!field.code_list.empty()) CheckListed(field.code_list, path, value);
  }

  void CheckListed(const std::string& list, const std::string& path, const std::string& value) {
    const std::optional<ViewedRecord> record = view_->Find("CodeList", list, "shared");
    const auto* codes = record ? dynamic_cast<const domain::v1::CodeList*>(record->message.get()) : nullptr;
    if (codes == nullptr || codes->open()) return;
    if (std::any_of(codes->codes().begin(), codes->codes().end(),
                    [&](const auto& entry) { return entry.code() == value; })) {
      return;
    }
    found_->push_back({"code-not-listed", path,
                       fmt::format("is {}, which the list {} does not have: see trellis records get "
                                   "CodeList {}",
                                   value, list, list),
                       /*refuses=*/true});
  }

 public:
  void Off(const std::string& feature, const std::string& path) {
    found_->push_back({"feature-off", path,
                       fmt::format("is off until the district switches it on (a Feature record with code {} "
                                   "and enabled true)",
                                   feature),
                       /*refuses=*/true});
  }

 private:
  const RuledRecord& record_;
  RecordView* view_;
  Findings* found_;
};

}  // namespace

void CheckReferences(const RuledRecord& record, RecordView* view, Findings* found) {
  Walk walk(record, view, found);
  const std::string& feature = record.kind->feature;
  if (!feature.empty() && !FeatureIsOn(feature, view)) walk.Off(feature, "");
  walk.Message(*record.message, record.kind->fields, "");
}

}  // namespace trellis
