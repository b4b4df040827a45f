// Vocabularies of OneRoster 1.1 and 1.2 CSV and what stands for them here. Read without regard to case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/organization.pb.h"

namespace trellis {

// nullopt: none of theirs.
std::optional<domain::v1::OrganizationCategory> CategoryOfOrgType(std::string_view type);
std::string OrgTypeOf(domain::v1::OrganizationCategory category);

// Both versions' roles; an extension role ext:NAME where NAME is one of our classifications. nullopt: nobody
// who works here (IsRoleWithoutWork), or no role that is known.
std::optional<domain::v1::StaffClassification> ClassificationOfRole(std::string_view role);
// Student, parent, guardian, relative.
bool IsRoleWithoutWork(std::string_view role);
// Of 1.2; an extension role for what it has no word for.
std::string RoleOf(domain::v1::StaffClassification classification);

// For messages to people.
inline constexpr char kRosterRoles[] =
    "teacher, aide, counselor, proctor, principal, siteAdministrator, districtAdministrator, "
    "systemAdministrator, "
    "administrator, student, parent, guardian, relative, or ext: with a classification of ours";

}  // namespace trellis
