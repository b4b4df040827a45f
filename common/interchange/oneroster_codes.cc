#include "common/interchange/oneroster_codes.h"

#include <iterator>

namespace trellis {
namespace {

using domain::v1::OrganizationCategory;
using domain::v1::StaffClassification;

// The first of those that stand for one value is written.
struct TypeRow {
  std::string_view type;
  OrganizationCategory category;
};
constexpr TypeRow kTypes[] = {
    {"school", domain::v1::ORGANIZATION_CATEGORY_SCHOOL},
    {"district", domain::v1::ORGANIZATION_CATEGORY_LOCAL_EDUCATION_AGENCY},
    {"local", domain::v1::ORGANIZATION_CATEGORY_EDUCATION_SERVICE_CENTER},
    {"state", domain::v1::ORGANIZATION_CATEGORY_STATE_EDUCATION_AGENCY},
    {"department", domain::v1::ORGANIZATION_CATEGORY_DEPARTMENT},
    {"national", domain::v1::ORGANIZATION_CATEGORY_UNSPECIFIED},
    {"ext:partner", domain::v1::ORGANIZATION_CATEGORY_PARTNER},
};

struct RoleRow {
  std::string_view role;
  StaffClassification classification;
};
constexpr RoleRow kRoles[] = {
    {"teacher", domain::v1::STAFF_CLASSIFICATION_TEACHER},
    {"aide", domain::v1::STAFF_CLASSIFICATION_PARAEDUCATOR},
    {"counselor", domain::v1::STAFF_CLASSIFICATION_COUNSELOR},
    {"siteAdministrator", domain::v1::STAFF_CLASSIFICATION_SCHOOL_ADMINISTRATOR},
    {"principal", domain::v1::STAFF_CLASSIFICATION_SCHOOL_ADMINISTRATOR},
    {"administrator", domain::v1::STAFF_CLASSIFICATION_SCHOOL_ADMINISTRATOR},
    {"districtAdministrator", domain::v1::STAFF_CLASSIFICATION_DISTRICT_ADMINISTRATOR},
    {"proctor", domain::v1::STAFF_CLASSIFICATION_SUPPORT_STAFF},
    {"systemAdministrator", domain::v1::STAFF_CLASSIFICATION_DISTRICT_SPECIALIST},
    {"ext:districtSpecialist", domain::v1::STAFF_CLASSIFICATION_DISTRICT_SPECIALIST},
    {"ext:specialist", domain::v1::STAFF_CLASSIFICATION_SPECIALIST},
    {"ext:coach", domain::v1::STAFF_CLASSIFICATION_COACH},
    {"ext:substitute", domain::v1::STAFF_CLASSIFICATION_SUBSTITUTE},
};
constexpr std::string_view kWithoutWork[] = {"student", "parent", "guardian", "relative"};

// Case and the separators people put in do not matter.
bool SameWord(std::string_view a, std::string_view b) {
  const auto letters = [](std::string_view text) {
    std::string kept;
    for (char c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      if (c != ' ' && c != '_' && c != '-') kept.push_back(c);
    }
    return kept;
  };
  return letters(a) == letters(b);
}

}  // namespace

std::optional<OrganizationCategory> CategoryOfOrgType(std::string_view type) {
  for (const TypeRow& row : kTypes) {
    if (SameWord(row.type, type)) return row.category;
  }
  return std::nullopt;
}

std::string OrgTypeOf(OrganizationCategory category) {
  for (const TypeRow& row : kTypes) {
    if (row.category == category) return std::string(row.type);
  }
  return "school";
}

std::optional<StaffClassification> ClassificationOfRole(std::string_view role) {
  for (const RoleRow& row : kRoles) {
    if (SameWord(row.role, role)) return row.classification;
  }
  return std::nullopt;
}

bool IsRoleWithoutWork(std::string_view role) {
  for (const std::string_view one : kWithoutWork) {
    if (SameWord(one, role)) return true;
  }
  return false;
}

std::string RoleOf(StaffClassification classification) {
  if (classification == domain::v1::STAFF_CLASSIFICATION_DISTRICT_SPECIALIST) return "ext:districtSpecialist";
  for (const RoleRow& row : kRoles) {
    if (row.classification == classification) return std::string(row.role);
  }
  return "proctor";
}

}  // namespace trellis
