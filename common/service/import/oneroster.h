// A roster as OneRoster 1.1 CSV: orgs.csv gives organizations; users.csv gives staff, each with an assignment
// at every organization named. Pupils, parents and guardians are passed over; passwords are not looked at.
#pragma once

#include <string>
#include <vector>

#include "common/service/import/plan.h"

namespace trellis {

struct OneRosterOptions {
  // First day of assignments of people not known before, YYYY-MM-DD.
  std::string begin_date;
  // Whether organizations are written too. A site only looks them up: the district keeps them.
  bool write_organizations = true;
};

// INVALID_ARGUMENT where a table has not the header of its file. Either may be missing (null), not both.
absl::StatusOr<ImportPlan> PlanOneRoster(const Table* orgs, const Table* users,
                                         const OneRosterOptions& options, const ImportLookup& lookup);

}  // namespace trellis
