// Small cells, rule (6), for what is looked at while a wave is open: the answers shown move on in steps, so
// that two looks never differ in a cell by fewer persons than may be shown.
//
// Counted for everybody and for each question, in every margin of the tables the wave's plan declares, by
// site and not. Only cells with enough persons in both states can be compared by a reader; what is left of a
// line without those cells counts as one more cell.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/report/report_input.h"

namespace trellis {

struct StepVerdict {
  bool allowed = true;
  int64_t more = 0;  // responses there now and not in what is shown
};

// May `now` be shown to who has seen `shown`? Both are responses of this wave; of each only what was
// submitted up to its moment, if there is one.
struct WaveState {
  std::vector<WaveResponses> responses;
  std::optional<int64_t> until_ms;
};
StepVerdict MayStep(const WaveDefinition& wave, const WaveState& shown, const WaveState& now, int64_t min_n);

}  // namespace trellis
