// Surveys and responses as a history writes them.
#pragma once

#include <cstdint>
#include <string>

#include "common/replica/replica.h"

namespace trellis::simulation {

inline constexpr char kResponseKind[] = "trellis.domain.v1.Response";

// Of four, the last is a wave, the others surveys; two of them share a code. `variant` says which questions
// it has, and of what form. `present`: what the record holds, null if it is new.
void FillSurvey(uint32_t number, uint32_t variant, const RecordState* present, RecordWrite* write);

// `survey` says by which code the response names its survey, `seed` what is answered.
void FillResponse(uint32_t survey, uint64_t seed, const std::string& taint, RecordWrite* write);

}  // namespace trellis::simulation
