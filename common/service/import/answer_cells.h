// Answers to a survey's questions out of cells. What a cell may hold stands in response_rows.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/survey/answers.h"
#include "trellis/domain/v1/response.pb.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {

// The number that goes into Response.answers; texts and selections go into `response`. INVALID_ARGUMENT
// naming the cell and what would do.
absl::StatusOr<uint32_t> TakeAnswer(const domain::v1::Question& question, std::string_view cell,
                                    domain::v1::Response* response);

// The answer as conditions see it (common/survey/condition.h).
std::string AnswerForConditions(const domain::v1::Question& question, uint32_t answer,
                                const domain::v1::Response& response);

}  // namespace trellis
