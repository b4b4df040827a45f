// Ed-Fi files as resources, JSON and XML alike.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/service/import/table.h"
#include "nlohmann/json.hpp"

namespace trellis {

// One resource. XML elements become members called as the API calls them (FirstName -> firstName), references
// as objects within objects.
struct EdFiResource {
  std::string file;
  int64_t line = 0;
  std::string type;  // letters only, lower case, singular: surveyquestion
  nlohmann::json value;

  // A member of that name, perhaps ending in Descriptor, as text; looked for in the resource and in the
  // objects within it (identities, references, names), not in arrays. Empty: there is none.
  std::string Text(std::string_view name) const;
  // The same within one member, such as educationOrganizationReference.
  std::string TextIn(std::string_view member, std::string_view name) const;
  // The objects of a collection, called by its plural (JSON) or its repeated singular (XML).
  std::vector<EdFiResource> Items(std::string_view singular, std::string_view plural) const;
};

// In the order of files and lines. What of a file cannot be read is told in `errors`; INVALID_ARGUMENT where
// a file is neither JSON nor XML.
absl::StatusOr<std::vector<EdFiResource>> ReadEdFiFiles(const std::map<std::string, std::string>& files,
                                                        std::vector<ImportRowError>* errors);

// `/ed-fi/surveyQuestions` and `SurveyQuestion` -> `surveyquestion`.
std::string EdFiTypeOf(std::string_view name);

}  // namespace trellis
