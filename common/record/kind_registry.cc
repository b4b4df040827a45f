#include "common/record/kind_registry.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>

#include "common/record/domain_protos.h"
#include "trellis/options/v1/options.pb.h"

namespace trellis {
namespace {

namespace pb = google::protobuf;
namespace opt = options::v1;

constexpr int kMaxDepth = 8;  // of messages within messages

// The domain's files once more, with their comments.
class Comments {
 public:
  Comments() {
    pb::FileDescriptorSet set;
    const std::string_view bytes = DomainDescriptorSet();
    set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    for (const pb::FileDescriptorProto& file : set.file()) {
      pool_.BuildFile(file);
      files_.push_back(file.name());
    }
  }

  const std::vector<std::string>& files() const { return files_; }

  std::string Of(const pb::FieldDescriptor* field) const {
    return Above(pool_.FindFieldByName(field->full_name()));
  }
  std::string Of(const pb::EnumValueDescriptor* value) const {
    return Above(pool_.FindEnumValueByName(value->full_name()));
  }

 private:
  template <typename DescriptorT>
  static std::string Above(const DescriptorT* descriptor) {
    pb::SourceLocation location;
    if (descriptor == nullptr || !descriptor->GetSourceLocation(&location)) return "";
    return OneLine(location.leading_comments);
  }

  static std::string OneLine(const std::string& comment) {
    std::string line;
    for (const char c : comment) {
      const bool space = c == ' ' || c == '\n';
      if (!space || (!line.empty() && line.back() != ' ')) line.push_back(space ? ' ' : c);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
  }

  pb::DescriptorPool pool_;
  std::vector<std::string> files_;
};

Home HomeOf(opt::Home home) {
  switch (home) {
    case opt::HOME_SITE:
      return Home::kSite;
    case opt::HOME_SITE_UP:
      return Home::kSiteUp;
    case opt::HOME_SITE_DISTRICT:
      return Home::kSiteDistrict;
    default:
      return Home::kShared;
  }
}

uint8_t LaneOf(opt::Lane lane) {
  return static_cast<uint8_t>((lane == opt::LANE_UNSPECIFIED ? opt::LANE_EDITS : lane) - opt::LANE_ERASURES);
}

CellPolicy PolicyOf(opt::MergePolicy policy) {
  switch (policy) {
    case opt::MERGE_POLICY_ADD_WINS_SET:
      return CellPolicy::kAddWinsSet;
    case opt::MERGE_POLICY_MAX:
      return CellPolicy::kMax;
    case opt::MERGE_POLICY_APPEND_ONLY:
      return CellPolicy::kAppendOnly;
    case opt::MERGE_POLICY_DISTRICT_WINS:
      return CellPolicy::kDistrictWins;
    default:
      return CellPolicy::kRegister;
  }
}

Visibility VisibilityOf(opt::Visibility visibility) {
  switch (visibility) {
    case opt::VISIBILITY_AUTHOR:
      return Visibility::kAuthor;
    case opt::VISIBILITY_PARTICIPANTS:
      return Visibility::kParticipants;
    case opt::VISIBILITY_DISTRICT:
      return Visibility::kDistrict;
    case opt::VISIBILITY_MEMBERS:
      return Visibility::kMembers;
    case opt::VISIBILITY_PUBLIC:
      return Visibility::kPublic;
    case opt::VISIBILITY_NOBODY:
      return Visibility::kNobody;
    default:
      return Visibility::kSiteLeads;
  }
}

DataClass DataClassOf(opt::DataClass data_class) {
  switch (data_class) {
    case opt::DATA_CLASS_PUBLIC:
      return DataClass::kPublic;
    case opt::DATA_CLASS_STAFF_PERSONAL:
      return DataClass::kStaffPersonal;
    case opt::DATA_CLASS_SENSITIVE:
      return DataClass::kSensitive;
    default:
      return DataClass::kConfidential;
  }
}

std::vector<Role> RolesOf(const pb::RepeatedField<int>& roles) {
  std::vector<Role> out;
  for (const int role : roles) {
    if (role > opt::ROLE_UNSPECIFIED && role <= opt::ROLE_SERVICE) {
      out.push_back(static_cast<Role>(role - opt::ROLE_DISTRICT_ADMIN));
    }
  }
  return out;
}

FieldType TypeOf(const pb::FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return FieldType::kBool;
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return FieldType::kNumber;
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return FieldType::kCode;
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return field->type() == pb::FieldDescriptor::TYPE_BYTES ? FieldType::kBytes : FieldType::kText;
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return field->message_type()->full_name() == "google.protobuf.Timestamp" ? FieldType::kMoment
                                                                               : FieldType::kMessage;
    default:
      return FieldType::kInteger;
  }
}

SplitRule::Packing PackingOf(const pb::FieldDescriptor* field) {
  if (!field->is_packable()) return SplitRule::Packing::kNever;
  switch (field->type()) {
    case pb::FieldDescriptor::TYPE_DOUBLE:
    case pb::FieldDescriptor::TYPE_FIXED64:
    case pb::FieldDescriptor::TYPE_SFIXED64:
      return SplitRule::Packing::kFixed64;
    case pb::FieldDescriptor::TYPE_FLOAT:
    case pb::FieldDescriptor::TYPE_FIXED32:
    case pb::FieldDescriptor::TYPE_SFIXED32:
      return SplitRule::Packing::kFixed32;
    default:
      return SplitRule::Packing::kVarint;
  }
}

std::optional<double> Bound(bool has, double value) { return has ? std::optional(value) : std::nullopt; }

void ReadRules(const opt::FieldRules& rules, FieldInfo* info) {
  info->policy = PolicyOf(rules.merge());
  info->visibility = VisibilityOf(rules.visibility());
  info->data_class = DataClassOf(rules.data_class());
  info->index = rules.index();
  info->required = rules.required();
  info->min = Bound(rules.has_min(), rules.min());
  info->max = Bound(rules.has_max(), rules.max());
  info->item_min = Bound(rules.has_item_min(), rules.item_min());
  info->item_max = Bound(rules.has_item_max(), rules.item_max());
  info->unit = rules.unit();
  info->refers_to = rules.refers_to();
  info->code_list = rules.code_list();
  info->element_key = rules.element_key();
  info->format = rules.format();
  info->feature = rules.feature();
  info->due = rules.due();
}

std::vector<FieldInfo> FieldsOf(const pb::Descriptor* descriptor, const Comments& comments, int depth);

FieldInfo FieldOf(const pb::FieldDescriptor* field, const Comments& comments, int depth) {
  FieldInfo info;
  info.number = static_cast<uint32_t>(field->number());
  info.name = field->name();
  info.json_name = field->json_name();
  info.meaning = comments.Of(field);
  info.type = TypeOf(field);
  info.repeated = field->is_repeated();
  info.optional = field->has_optional_keyword();
  info.descriptor = field;
  ReadRules(field->options().GetExtension(opt::rules), &info);
  if (info.type == FieldType::kCode) {
    for (int i = 0; i < field->enum_type()->value_count(); ++i) {
      const pb::EnumValueDescriptor* value = field->enum_type()->value(i);
      if (value->number() != 0) info.codes.push_back({value->number(), value->name(), comments.Of(value)});
    }
  }
  if (info.type == FieldType::kMessage && depth < kMaxDepth) {
    info.members = FieldsOf(field->message_type(), comments, depth + 1);
  }
  return info;
}

std::vector<FieldInfo> FieldsOf(const pb::Descriptor* descriptor, const Comments& comments, int depth) {
  std::vector<FieldInfo> fields;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    fields.push_back(FieldOf(descriptor->field(i), comments, depth));
  }
  std::sort(fields.begin(), fields.end(),
            [](const FieldInfo& a, const FieldInfo& b) { return a.number < b.number; });
  return fields;
}

uint32_t NumberOf(const pb::Descriptor* descriptor, const std::string& field) {
  const pb::FieldDescriptor* found = descriptor->FindFieldByName(field);
  return found != nullptr ? static_cast<uint32_t>(found->number()) : 0;
}

KindInfo KindOf(const pb::Descriptor* descriptor, const Comments& comments) {
  const opt::KindOptions& options = descriptor->options().GetExtension(opt::kind);
  KindInfo kind;
  kind.full_name = descriptor->full_name();
  kind.name = descriptor->name();
  kind.meaning = options.meaning();
  kind.home = HomeOf(options.home());
  kind.lane = LaneOf(options.lane());
  kind.writers = RolesOf(options.writers());
  kind.shared_writers = options.shared_writers_size() > 0 ? RolesOf(options.shared_writers()) : kind.writers;
  kind.readers = RolesOf(options.readers());
  kind.code_field = options.code_field().empty() ? 0 : NumberOf(descriptor, options.code_field());
  for (const std::string& name : options.participant_fields()) {
    if (const uint32_t number = NumberOf(descriptor, name); number != 0) {
      kind.participant_fields.push_back(number);
    }
  }
  kind.append_only = options.append_only();
  kind.feature = options.feature();
  kind.retention_days = options.retention_days();
  kind.anonymous_field = NumberOf(descriptor, options.anonymous_field());
  kind.done_states.assign(options.done_states().begin(), options.done_states().end());
  kind.owner_field = NumberOf(descriptor, options.owner_field().empty() ? "owner" : options.owner_field());
  kind.fields = FieldsOf(descriptor, comments, 1);
  for (const FieldInfo& field : kind.fields) {
    if (field.repeated && field.IsSet()) {
      kind.split_rules.push_back({field.number, field.element_key, PackingOf(field.descriptor)});
    }
  }
  kind.descriptor = descriptor;
  return kind;
}

void TakeKindsOf(const pb::FileDescriptor& file, const Comments& comments, std::vector<KindInfo>* kinds) {
  for (int i = 0; i < file.message_type_count(); ++i) {
    const pb::Descriptor* message = file.message_type(i);
    if (message->options().HasExtension(opt::kind)) kinds->push_back(KindOf(message, comments));
  }
}

void SortByName(std::vector<KindInfo>* kinds) {
  std::sort(kinds->begin(), kinds->end(),
            [](const KindInfo& a, const KindInfo& b) { return a.name < b.name; });
}

}  // namespace

KindRegistry::KindRegistry() {
  const Comments comments;
  for (const std::string& name : comments.files()) {
    const pb::FileDescriptor* file = pb::DescriptorPool::generated_pool()->FindFileByName(name);
    if (file != nullptr) TakeKindsOf(*file, comments, &kinds_);
  }
  SortByName(&kinds_);
}

KindRegistry::KindRegistry(const std::vector<const pb::FileDescriptor*>& files) {
  const Comments comments;
  for (const pb::FileDescriptor* file : files) TakeKindsOf(*file, comments, &kinds_);
  SortByName(&kinds_);
}

const KindRegistry& KindRegistry::BuiltIn() {
  static const KindRegistry* const registry = new KindRegistry();
  return *registry;
}

const KindInfo* KindRegistry::Find(std::string_view name) const {
  for (const KindInfo& kind : kinds_) {
    if (kind.name == name || kind.full_name == name) return &kind;
  }
  return nullptr;
}

}  // namespace trellis
