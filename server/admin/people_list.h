// Accounts with their roles, as the records say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/access/principal.h"
#include "common/service/record_store.h"

namespace trellis {

struct PersonRow {
  std::string account;  // record id
  std::string username;
  std::string display_name;
  std::string site;  // the scope the account stands in
  std::vector<Grant> grants;
};

// Of one site, or of every scope if empty, by scope and username; scopes the principal may not administer are
// passed over.
absl::StatusOr<std::vector<PersonRow>> ListPersons(const RecordStore& store, const Principal& principal,
                                                   const std::string& site);

// The proto's roles are numbered from 1, in the order of Role.
int RoleNumber(Role role);
// nullopt for a number that is no role.
std::optional<Role> RoleOfNumber(int number);

}  // namespace trellis
