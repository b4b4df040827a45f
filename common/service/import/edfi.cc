#include "common/service/import/edfi.h"

#include <fmt/format.h>

#include "absl/status/status.h"
#include "common/service/import/edfi_files.h"
#include "common/service/import/edfi_staff.h"
#include "common/service/import/edfi_surveys.h"

namespace trellis {
namespace {

constexpr std::string_view kKnown[] = {"school",
                                       "localeducationagency",
                                       "educationservicecenter",
                                       "stateeducationagency",
                                       "organizationdepartment",
                                       "staff",
                                       "staffeducationorganizationassignmentassociation",
                                       "staffeducationorganizationemploymentassociation",
                                       "survey",
                                       "surveysection",
                                       "surveyquestion",
                                       "professionaldevelopmentevent",
                                       "professionaldevelopmenteventattendance"};

bool IsKnown(std::string_view type) {
  for (const std::string_view known : kKnown) {
    if (known == type) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<ImportPlan> PlanEdFi(const std::map<std::string, std::string>& files,
                                    const EdFiOptions& options, const ImportLookup& lookup,
                                    const FindSurvey& find) {
  ImportPlan plan;
  const auto resources = ReadEdFiFiles(files, &plan.errors);
  if (!resources.ok()) return resources.status();
  plan.rows = static_cast<int64_t>(resources->size() + plan.errors.size());
  if (plan.rows == 0) return absl::InvalidArgumentError("There are no resources in the files");
  std::map<std::string, int64_t> passed_over;
  for (const EdFiResource& resource : *resources) {
    if (!IsKnown(resource.type)) ++passed_over[resource.type];
  }
  for (const auto& [type, count] : passed_over) {
    plan.passed_over += count;
    plan.notes.push_back(fmt::format(
        "{} resources of the type {} were passed over: they are not among what is read", count, type));
  }
  if (options.write_shared) {
    PlanEdFiOrganizations(*resources, &plan);
    PlanEdFiSurveys(*resources, find, &plan);
  }
  PlanEdFiStaff(*resources, options, lookup, &plan);
  PlanEdFiEvents(*resources, lookup, options.write_shared, &plan);
  return plan;
}

}  // namespace trellis
