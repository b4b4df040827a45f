// The XForm an XLSForm stands for: ODK XForms 1.0 (getodk.github.io/xforms-spec), what phones and web forms
// show.
#pragma once

#include <string>

#include "common/survey/xlsform.h"

namespace trellis {

// REQUIRES: the form was read without problems.
std::string WriteXForm(const XlsForm& form);

}  // namespace trellis
