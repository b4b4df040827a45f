#include "common/report/wave_before.h"

#include <fmt/format.h>

#include "common/report/report_frame.h"

namespace trellis {

absl::StatusOr<const WaveDefinition*> EarlierWave(const ReportParameters& parameters,
                                                  const ReportInput& input, const WaveDefinition& wave) {
  const std::string from = NamedParameter(parameters, "from");
  if (!from.empty()) {
    const WaveDefinition* named = input.FindWave(from);
    if (named == nullptr) return absl::NotFoundError(fmt::format("there is no wave '{}' here", from));
    if (named == &wave) return absl::InvalidArgumentError("a wave cannot be compared with itself");
    return named;
  }
  if (!wave.baseline_wave.empty()) {
    const WaveDefinition* baseline = input.FindWave(wave.baseline_wave);
    return baseline == &wave ? nullptr : baseline;
  }
  const WaveDefinition* before = nullptr;
  for (const WaveDefinition& other : input.waves) {
    if (other.survey != wave.survey || other.id == wave.id || other.open_date >= wave.open_date) continue;
    if (before == nullptr || before->open_date < other.open_date) before = &other;
  }
  return before;
}

}  // namespace trellis
