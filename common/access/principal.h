// Who acts, and what was granted to them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/record/kind_info.h"

namespace trellis {

enum class PrincipalType : uint8_t {
  kPerson,
  kService,  // another program, with a token
  kSite,     // a site's daemon, by its certificate: sync only
  kSystem,   // the program itself, for what no person asked
};

// One role over one site, or over the whole district.
struct Grant {
  Role role = Role::kSiteStaff;
  std::string site;  // "*": the whole district
  friend bool operator==(const Grant&, const Grant&) = default;
};

inline constexpr char kWholeDistrict[] = "*";

struct Principal {
  PrincipalType type = PrincipalType::kPerson;
  std::string account;  // what is written as the actor
  std::string name;     // for people
  std::string staff;    // staff id or unique id of the person; empty: none known
  std::string site;     // kSite: whose daemon; otherwise the home site, perhaps empty
  std::vector<Grant>
      grants;  // none: nothing is allowed (kSystem needs none; kSite: the sites it holds beside its own)
};

// What a record has to do with the principal.
struct Relation {
  bool author = false;       // they wrote it
  bool participant = false;  // one of its participant fields names them
};

}  // namespace trellis
