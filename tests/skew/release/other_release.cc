#include "tests/skew/release/other_release.h"

#include <string>
#include <vector>

#include "common/record/domain_protos.h"
#include "trellis/options/v1/options.pb.h"

namespace trellis {
namespace {

namespace pb = google::protobuf;
namespace opt = options::v1;

pb::FieldDescriptorProto* AddField(pb::DescriptorProto* message, const std::string& name, uint32_t number,
                                   pb::FieldDescriptorProto::Type type) {
  pb::FieldDescriptorProto* field = message->add_field();
  field->set_name(name);
  field->set_number(static_cast<int32_t>(number));
  field->set_type(type);
  field->set_label(pb::FieldDescriptorProto::LABEL_OPTIONAL);
  opt::FieldRules* rules = field->mutable_options()->MutableExtension(opt::rules);
  rules->set_visibility(opt::VISIBILITY_MEMBERS);
  rules->set_data_class(opt::DATA_CLASS_PUBLIC);
  return field;
}

void AddTelescope(pb::FileDescriptorProto* file) {
  pb::DescriptorProto* telescope = file->add_message_type();
  telescope->set_name("Telescope");
  opt::KindOptions* options = telescope->mutable_options()->MutableExtension(opt::kind);
  options->set_home(opt::HOME_SHARED);
  options->set_lane(opt::LANE_EDITS);
  options->add_writers(opt::ROLE_DISTRICT_ADMIN);
  options->set_meaning("What a later release knows.");
  AddField(telescope, "title", kGoalTitleField, pb::FieldDescriptorProto::TYPE_STRING)
      ->mutable_options()
      ->MutableExtension(opt::rules)
      ->set_index(true);
}

void ChangeGoal(pb::DescriptorProto* goal) {
  for (pb::FieldDescriptorProto& field : *goal->mutable_field()) {
    if (field.number() != static_cast<int32_t>(kGoalStatementField)) continue;
    field.mutable_options()->MutableExtension(opt::rules)->set_index(true);
  }
  pb::FieldDescriptorProto* lanterns =
      AddField(goal, "lanterns", kGoalLanternsField, pb::FieldDescriptorProto::TYPE_STRING);
  lanterns->set_label(pb::FieldDescriptorProto::LABEL_REPEATED);
  lanterns->mutable_options()->MutableExtension(opt::rules)->set_merge(opt::MERGE_POLICY_ADD_WINS_SET);
  lanterns->mutable_options()->MutableExtension(opt::rules)->set_index(true);
  pb::FieldDescriptorProto* height =
      AddField(goal, "height", kGoalHeightField, pb::FieldDescriptorProto::TYPE_INT64);
  height->mutable_options()->MutableExtension(opt::rules)->set_merge(opt::MERGE_POLICY_MAX);
}

}  // namespace

OtherRelease::OtherRelease(const Change& change) {
  pb::FileDescriptorSet domain;
  const std::string_view bytes = DomainDescriptorSet();
  domain.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  change(&domain);
  std::vector<const pb::FileDescriptor*> files;
  for (const pb::FileDescriptorProto& file : domain.file()) {
    const pb::FileDescriptor* built = pool_.BuildFile(file);
    if (built != nullptr) files.push_back(built);
  }
  kinds_ = std::make_unique<KindRegistry>(files);
}

const OtherRelease& NewerRelease() {
  static const OtherRelease* const newer = new OtherRelease([](pb::FileDescriptorSet* domain) {
    for (pb::FileDescriptorProto& file : *domain->mutable_file()) {
      if (!file.name().ends_with("/goal.proto")) continue;
      AddTelescope(&file);
      for (pb::DescriptorProto& message : *file.mutable_message_type()) {
        if (message.name() == "Goal") ChangeGoal(&message);
      }
    }
  });
  return *newer;
}

}  // namespace trellis
