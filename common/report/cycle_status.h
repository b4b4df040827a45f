// Where an improvement cycle stands at a moment.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

#include "common/report/report_input.h"

namespace trellis {

struct CycleStanding {
  CycleStage stage = CycleStage::kResearch;
  std::optional<int64_t> since_day;        // nullopt: not known
  std::vector<CycleFact::Gate> overdue;    // stages that should have been reached
  std::vector<CycleFact::Action> actions;  // not done
};

// By the transitions accepted up to the moment; without any, research since the cycle's first day.
CycleStanding StandingOf(const CycleFact& cycle, int64_t moment_ms);

const char* StageName(CycleStage stage);

// The cycles a `cycle` parameter asks for; all, without one. NotFound if it names none.
absl::StatusOr<std::vector<const CycleFact*>> SelectCycles(const std::string& name, const std::string& site,
                                                           const ReportInput& input);

// One row of R23.
ReportRow CycleStatusRow(const CycleFact& cycle, const ReportInput& input, int64_t moment_ms);

}  // namespace trellis
