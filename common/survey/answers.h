// What Response.answers holds (proto/trellis/domain/v1/response.proto).
#pragma once

#include <cstdint>

namespace trellis {

inline constexpr uint32_t kAnswerBlank = 0;
inline constexpr uint32_t kAnswerGiven = 1;  // to any but a single-choice question
// Of a single-choice question: 1 to this, the position of the choice.
inline constexpr uint32_t kAnswerLastPosition = 120;
inline constexpr uint32_t kAnswerRefused = 125;
inline constexpr uint32_t kAnswerNotApplicable = 126;
inline constexpr uint32_t kAnswerNotShown = 127;

}  // namespace trellis
