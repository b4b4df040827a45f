// A survey out of an XLSForm (common/survey/survey_forms.h).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/service/import/plan.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {

// The survey of a code as it stands; NOT_FOUND where there is none.
using FindSurvey = std::function<absl::StatusOr<domain::v1::Survey>(const std::string& code)>;

// Plans one record: the survey the form makes, new as a draft, or the known one brought up to date.
// INVALID_ARGUMENT where the file is no XLSForm; rows a survey cannot hold stand in the plan.
absl::StatusOr<ImportPlan> PlanSurveyForm(const std::string& file_name, std::string_view bytes,
                                          const FindSurvey& find);

}  // namespace trellis
