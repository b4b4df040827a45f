// Surveys and professional development out of Ed-Fi resources.
#pragma once

#include "common/service/import/edfi.h"
#include "common/service/import/edfi_files.h"

namespace trellis {

// Each survey with its sections and questions; a known one keeps the slots of its questions.
void PlanEdFiSurveys(const std::vector<EdFiResource>& resources, const FindSurvey& find, ImportPlan* plan);

// Events as activities, attendances as participations.
void PlanEdFiEvents(const std::vector<EdFiResource>& resources, const ImportLookup& lookup, bool write_shared,
                    ImportPlan* plan);

}  // namespace trellis
