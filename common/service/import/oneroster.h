// A roster as OneRoster CSV, 1.1 or 1.2, whole or delta: orgs.csv gives organizations; users.csv gives staff;
// what they do where stands in users.csv (1.1) or roles.csv (1.2) and gives assignments; academicSessions.csv
// gives school years. Pupils, parents and guardians are passed over; passwords are not looked at.
#pragma once

#include <string>
#include <vector>

#include "common/service/import/plan.h"
#include "common/service/import/roster_files.h"

namespace trellis {

struct OneRosterOptions {
  // First day of assignments that do not say theirs, of people not known before, YYYY-MM-DD.
  std::string begin_date;
  // Last day of assignments taken away that do not say when, YYYY-MM-DD.
  std::string today;
  // Whether organizations and school years are written too. A site only looks them up: the district keeps
  // them.
  bool write_organizations = true;
};

// INVALID_ARGUMENT where a table lacks a column it must have.
absl::StatusOr<ImportPlan> PlanOneRoster(const RosterTables& tables, const OneRosterOptions& options,
                                         const ImportLookup& lookup);

}  // namespace trellis
