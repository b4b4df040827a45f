// What the evidence says of a theory of action.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/report/practice_facts.h"
#include "common/report/report_thresholds.h"

namespace trellis {

enum class Verdict { kInsufficient, kNotSupported, kMixed, kSupported };

struct IndicatorVerdict {
  Verdict verdict = Verdict::kInsufficient;
  int sources = 0;     // independent ones
  double balance = 0;  // Σ direction·strength ÷ Σ strength over sources, −1 … +1
};

// Each independent source counts once, by its strongest finding, the newest of equals (of equally new the
// least favorable). Fewer sources than the threshold: insufficient; balance at or above the threshold:
// supported; at or below its negative: not supported; else mixed.
IndicatorVerdict VerdictOf(const std::vector<TheoryFact::Evidence>& evidence, const std::string& indicator,
                           std::optional<int64_t> until_day, const ReportThresholds& thresholds);

// Of several: insufficient if any is; supported or not supported if all are; else mixed.
Verdict Combine(const std::vector<Verdict>& verdicts);

const char* VerdictName(Verdict verdict);

}  // namespace trellis
