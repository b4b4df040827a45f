// Rows that are records as they stand: the header names fields of the kind. Participations and organizations
// come this way.
#pragma once

#include <functional>
#include <string>

#include "common/service/import/plan.h"

namespace trellis {

struct KindRowsOptions {
  const KindInfo* kind = nullptr;
  std::string site_column;  // only for kinds that stand in a site's scope
  // Values of rows that leave the field out: field -> cell text.
  std::map<std::string, std::string> defaults;
  std::string file_hash;
};

// INVALID_ARGUMENT where the table is none of this kind; what is wrong with single rows stands in the plan.
absl::StatusOr<ImportPlan> PlanKindRows(const Table& table, const KindRowsOptions& options,
                                        const ImportLookup& lookup);

// The same for EducationOrganization: a 14-digit identifier is taken as the CDS code too, and says whether
// the organization is a school or the agency where no column does.
absl::StatusOr<ImportPlan> PlanOrganizations(const Table& table, const KindInfo& kind,
                                             const ImportLookup& lookup);

}  // namespace trellis
