// Which questions of a survey a respondent was shown.
#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "common/survey/condition.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {

// The conditions of a survey, parsed once. Keeps nothing of the survey itself.
class SkipLogic {
 public:
  // INVALID_ARGUMENT naming the question or section whose condition cannot be read.
  static absl::StatusOr<SkipLogic> Of(const domain::v1::Survey& survey);

  bool has_conditions() const { return !conditions_.empty(); }

  // Codes of the questions not shown, given answers by question code (Condition::Answers; choices by code).
  // What was answered to a question that was not shown counts as no answer.
  std::set<std::string> NotShown(const std::map<std::string, std::string>& answers) const;

 private:
  struct Asked {
    std::string code;
    std::vector<size_t> conditions;  // its own and those of the sections around it; all must hold
  };

  std::vector<Asked> questions_;  // in the order they are asked
  std::vector<Condition> conditions_;
};

// What a condition calls a choice.
std::string ChoiceCode(const domain::v1::Choice& choice);

}  // namespace trellis
