#include "common/access/field_access.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>

namespace trellis {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsDistrictGrant(const Grant& grant) {
  return grant.site == kWholeDistrict &&
         (grant.role == Role::kDistrictAdmin || grant.role == Role::kDistrictStaff ||
          grant.role == Role::kDistrictAnalyst);
}

bool IsLeadOf(const Grant& grant, const ScopeName& scope) {
  return grant.role == Role::kSiteLead &&
         (scope.kind == ScopeName::Kind::kShared || grant.site == scope.site || grant.site == kWholeDistrict);
}

bool Names(const std::string& text, const Principal& principal) {
  return !text.empty() && (text == principal.account || text == principal.staff);
}

}  // namespace

bool IsParticipant(const Principal& principal, const KindInfo& kind, const Message& message) {
  const Reflection* reflection = message.GetReflection();
  for (const uint32_t number : kind.participant_fields) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByNumber(static_cast<int>(number));
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    if (!field->is_repeated()) {
      if (Names(reflection->GetString(message, field), principal)) return true;
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (Names(reflection->GetRepeatedString(message, field, i), principal)) return true;
    }
  }
  return false;
}

bool MaySeeField(const Principal& principal, const ScopeName& scope, const FieldInfo& field,
                 Relation relation) {
  if (principal.type == PrincipalType::kSystem) return true;
  const auto& grants = principal.grants;
  const bool district = std::any_of(grants.begin(), grants.end(), IsDistrictGrant);
  const auto lead = [&] {
    return std::any_of(grants.begin(), grants.end(),
                       [&](const Grant& grant) { return IsLeadOf(grant, scope); });
  };
  switch (field.visibility) {
    case Visibility::kPublic:
    case Visibility::kMembers:
      return true;
    case Visibility::kAuthor:
      return relation.author;
    case Visibility::kParticipants:
      return relation.author || relation.participant;
    case Visibility::kSiteLeads:
      return relation.author || relation.participant || district || lead();
    case Visibility::kDistrict:
      return district;
    case Visibility::kNobody:
      return false;
  }
  return false;
}

bool MayChangeField(const Principal& principal, const ScopeName& scope, const FieldInfo& field,
                    Relation relation) {
  return MayGiveField(principal, field) && MaySeeField(principal, scope, field, relation);
}

bool MayGiveField(const Principal& principal, const FieldInfo& field) {
  return field.visibility != Visibility::kNobody || principal.type == PrincipalType::kSystem;
}

void ClearHiddenFields(const Principal& principal, const ScopeName& scope, const KindInfo& kind,
                       Relation relation, Message* message) {
  if (principal.type == PrincipalType::kSystem) return;
  const Reflection* reflection = message->GetReflection();
  for (const FieldInfo& field : kind.fields) {
    const FieldDescriptor* descriptor =
        message->GetDescriptor()->FindFieldByNumber(static_cast<int>(field.number));
    if (descriptor == nullptr) continue;
    if (!MaySeeField(principal, scope, field, relation)) reflection->ClearField(message, descriptor);
  }
  message->DiscardUnknownFields();  // who may see them is not known
}

}  // namespace trellis
