// Ed-Fi resources, of Data Standard 5 and the TPDM extension: organizations, staff with assignments and
// employments, surveys with sections and questions, professional development events and who attended. As the
// API gives them (JSON: arrays named by the file or by a member of one object) or as bulk interchange (XML).
#pragma once

#include <map>
#include <string>

#include "common/service/import/plan.h"
#include "common/service/import/survey_form.h"

namespace trellis {

struct EdFiOptions {
  // First day of assignments that do not say theirs, YYYY-MM-DD.
  std::string begin_date;
  // Whether organizations and surveys are written too. A site only looks them up: the district keeps them.
  bool write_shared = true;
};

// Resources that are none of these are passed over and counted. INVALID_ARGUMENT where a file cannot be read.
absl::StatusOr<ImportPlan> PlanEdFi(const std::map<std::string, std::string>& files,
                                    const EdFiOptions& options, const ImportLookup& lookup,
                                    const FindSurvey& find);

}  // namespace trellis
