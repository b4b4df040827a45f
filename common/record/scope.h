// The name of a scope: the wall records stand behind.
//
//   scope := "shared" | site | site "!up" | site "!district"
//   site  := 1 to 64 of A-Z a-z 0-9 . _ -, not starting with ".", and not "shared"
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/record/kind_info.h"

namespace trellis {

bool IsSiteName(std::string_view name);

// Value type. Names are compared whole and with case: F1 is neither F10 nor f1.
struct ScopeName {
  enum class Kind : uint8_t {
    kShared,        // every site reads it
    kSite,          // one site's own
    kSiteUp,        // leaves the site and is not read there
    kSiteDistrict,  // about a site, at the district only
  };
  Kind kind = Kind::kShared;
  std::string site;  // empty for kShared

  static std::optional<ScopeName> Parse(std::string_view text);
  std::string ToString() const;
  friend auto operator<=>(const ScopeName&, const ScopeName&) = default;
};

// Where a record of a kind with that home stands by default. REQUIRES: IsSiteName(site) unless kShared.
ScopeName ScopeOfHome(Home home, std::string_view site);

// Whether records of a kind with that home may stand there: those of shared kinds in `shared` or in a site's
// scope, those of site kinds in a site's scope only, the others nowhere but at home.
bool HomeAllows(Home home, ScopeName::Kind scope);

}  // namespace trellis
