// Scores of single questions on 0 to 10.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/report/means.h"
#include "common/report/report_input.h"

namespace trellis {

// What each choice scores: 10(k−i)/(k−1) for the i-th best of the k scored choices; nullopt where it is not
// scored. The best is the end with the marked favorable choices; without marks the greatest value; of a
// reversed question the other end (10 − score). Empty with fewer than two scored choices.
std::vector<std::optional<double>> TenPointScores(const QuestionDefinition& question);

// Σ nᵢ·scoreᵢ ÷ Σ nᵢ with its spread; `counts` by choice.
Moments ItemScore(std::span<const int64_t> counts, std::span<const std::optional<double>> scores);

}  // namespace trellis
