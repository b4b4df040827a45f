// A Survey as an XLSForm, and back.
#pragma once

#include <string>
#include <vector>

#include "common/survey/xlsform.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {

struct SurveyFromForm {
  domain::v1::Survey survey;
  std::vector<FormProblem> problems;  // rows a survey cannot hold; they are left out of it
  std::vector<std::string> notes;     // what was left out and harms nothing
};

// The survey a form asks. `known` is the survey of that code as it stands, or null: its questions keep their
// slots, and those the form no longer has are retired. Its state, and what no form says, stay.
//
// Groups become sections, a group of appearance table-list a matrix. Columns of ours in the survey sheet:
// construct, reversed (yes), version; in the choices sheet: value (what the choice scores; else its name if
// that is a number, else its place), favorable (yes), not_scored (yes).
SurveyFromForm SurveyOf(const XlsForm& form, const domain::v1::Survey* known);

// Retired questions are left out.
XlsForm XlsFormOf(const domain::v1::Survey& survey);

// BCP 47 tag of a language as XLSForms name it: "Español (es)", "es", "english". Empty: it names none.
std::string LanguageTag(const std::string& language);

}  // namespace trellis
