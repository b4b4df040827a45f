#include "common/record/kind_info.h"

#include <algorithm>

namespace trellis {

const FieldInfo* KindInfo::Find(uint32_t number) const {
  const auto field = std::lower_bound(fields.begin(), fields.end(), number,
                                      [](const FieldInfo& field, uint32_t n) { return field.number < n; });
  return field != fields.end() && field->number == number ? &*field : nullptr;
}

const FieldInfo* KindInfo::Find(std::string_view name) const {
  const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& field) {
    return field.name == name || field.json_name == name;
  });
  return field != fields.end() ? &*field : nullptr;
}

CellPolicy KindInfo::PolicyOf(uint32_t field) const {
  const FieldInfo* info = Find(field);
  return info != nullptr ? info->policy : CellPolicy::kRegister;
}

const char* RoleName(Role role) {
  switch (role) {
    case Role::kDistrictAdmin:
      return "district admin";
    case Role::kDistrictStaff:
      return "district staff";
    case Role::kDistrictAnalyst:
      return "district analyst";
    case Role::kSiteLead:
      return "site lead";
    case Role::kSiteStaff:
      return "site staff";
    case Role::kService:
      return "service";
  }
  return "";
}

const char* HomeName(Home home) {
  switch (home) {
    case Home::kShared:
      return "shared";
    case Home::kSite:
      return "site";
    case Home::kSiteUp:
      return "site, upwards only";
    case Home::kSiteDistrict:
      return "district only";
  }
  return "";
}

const char* VisibilityName(Visibility visibility) {
  switch (visibility) {
    case Visibility::kAuthor:
      return "author";
    case Visibility::kParticipants:
      return "participants";
    case Visibility::kSiteLeads:
      return "site leads";
    case Visibility::kDistrict:
      return "district";
    case Visibility::kMembers:
      return "members";
    case Visibility::kPublic:
      return "public";
    case Visibility::kNobody:
      return "nobody";
  }
  return "";
}

const char* DataClassName(DataClass data_class) {
  switch (data_class) {
    case DataClass::kPublic:
      return "public";
    case DataClass::kStaffPersonal:
      return "staff personal";
    case DataClass::kSensitive:
      return "sensitive";
    case DataClass::kConfidential:
      return "confidential";
  }
  return "";
}

const char* PolicyName(CellPolicy policy) {
  switch (policy) {
    case CellPolicy::kRegister:
      return "one value";
    case CellPolicy::kAddWinsSet:
      return "set";
    case CellPolicy::kMax:
      return "greatest";
    case CellPolicy::kAppendOnly:
      return "only grows";
    case CellPolicy::kDistrictWins:
      return "district's value first";
  }
  return "";
}

const char* TypeName(FieldType type) {
  switch (type) {
    case FieldType::kBool:
      return "true or false";
    case FieldType::kInteger:
      return "whole number";
    case FieldType::kNumber:
      return "number";
    case FieldType::kText:
      return "text";
    case FieldType::kBytes:
      return "bytes";
    case FieldType::kCode:
      return "code";
    case FieldType::kMoment:
      return "time";
    case FieldType::kMessage:
      return "group";
  }
  return "";
}

}  // namespace trellis
