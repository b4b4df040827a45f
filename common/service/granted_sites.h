// Which sites a site's daemon may hold beside its own: those its account has a role at. A travelling coach's
// does.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/record/kind_registry.h"
#include "common/replica/replica.h"

namespace trellis {

// From the role grants in the scope of `site`, which only the district writes, that name the account by one
// of `names` (id, username) and hold on `day` (YYYY-MM-DD). Sorted. A role over the whole district opens no
// site: a daemon holds what it was given by name.
absl::StatusOr<std::vector<std::string>> GrantedSites(const Replica& replica, const KindRegistry& kinds,
                                                      const std::string& site,
                                                      const std::set<std::string>& names,
                                                      const std::string& day);

// Today in UTC as GrantedSites wants it.
std::string DayOf(int64_t wall_ms);

}  // namespace trellis
