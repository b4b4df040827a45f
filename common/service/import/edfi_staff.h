// Organizations and people out of Ed-Fi resources.
#pragma once

#include "common/service/import/edfi.h"
#include "common/service/import/edfi_files.h"

namespace trellis {

void PlanEdFiOrganizations(const std::vector<EdFiResource>& resources, ImportPlan* plan);

// Staff, each at home where the first of their assignments that lasts is; with assignments and employments.
void PlanEdFiStaff(const std::vector<EdFiResource>& resources, const EdFiOptions& options,
                   const ImportLookup& lookup, ImportPlan* plan);

// A record of a resource: its place in the file, the resource's own id where it has one.
PlannedRecord EdFiRecord(const EdFiResource& resource, const char* kind, const std::string& scope,
                         const std::string& identity);

}  // namespace trellis
