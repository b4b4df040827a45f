// The wave another is compared with.
#pragma once

#include <absl/status/statusor.h>

#include "common/report/report_input.h"
#include "common/report/report_parameters.h"

namespace trellis {

// The one the parameter "from" names, else the wave's baseline, else the latest of its survey that opened
// before it; nullptr if there is none. NotFound if "from" names none, InvalidArgument if it names the wave.
absl::StatusOr<const WaveDefinition*> EarlierWave(const ReportParameters& parameters,
                                                  const ReportInput& input, const WaveDefinition& wave);

}  // namespace trellis
