// The people of a roster and what they do where.
#pragma once

#include "common/service/import/roster_orgs.h"

namespace trellis {

// INVALID_ARGUMENT where a table lacks a column it must have.
absl::Status PlanRosterPeople(const RosterTables& tables, const OneRosterOptions& options,
                              const RosterOrgs& orgs, const ImportLookup& lookup, ImportPlan* plan);

}  // namespace trellis
