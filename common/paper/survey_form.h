// A survey on paper.
#pragma once

#include <string>

#include "trellis/domain/v1/survey.pb.h"

namespace trellis {

struct SurveyFormOptions {
  std::string language;  // BCP 47; empty: the survey's own
  std::string wave;      // its code, printed for whoever keys it in; empty: none
};

// PDF. Wordings missing in the language show in the survey's own.
std::string SurveyFormPdf(const domain::v1::Survey& survey, const SurveyFormOptions& options);

// What is keyed in for a choice, as imports of responses take it: its score, where no other choice of the
// question has the same; else its code; else its wording.
std::string KeyedAs(const domain::v1::Question& question, int choice);

}  // namespace trellis
