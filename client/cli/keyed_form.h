// A form filled in on paper, as it is keyed: one line, the answers in the order of the questions, apart by
// blanks.
//
//   line   := [ answer *( blank answer ) ]      answer := "." (left blank) | what is printed beside the
//   choice
//             | choices of a multiple-choice question apart by ";" | text, in double quotes if it has blanks
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {

// The questions that are answered, in the order the form prints them.
std::vector<const domain::v1::Question*> KeyedQuestions(const domain::v1::Survey& survey);

// One cell a question, as imports of responses take them; empty: left blank. INVALID_ARGUMENT names the
// question and what would do.
absl::StatusOr<std::vector<std::string>> ParseKeyedForm(
    const std::vector<const domain::v1::Question*>& questions, std::string_view line);

}  // namespace trellis
