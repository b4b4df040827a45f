// The stages of an improvement cycle and what its model wants before each is left.
#pragma once

#include <string>
#include <vector>

#include "common/rules/record_view.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/improvement_model.pb.h"

namespace trellis {

// Accepted transitions in the order of their times.
std::vector<const domain::v1::StageTransition*> AcceptedTransitions(
    const domain::v1::ImprovementCycle& cycle);
// The `to` of the latest accepted transition; research before the first.
domain::v1::CycleStage PresentStage(const domain::v1::ImprovementCycle& cycle);
// Named as people say it: "identify strategies".
std::string StageWords(domain::v1::CycleStage stage);

// What the gate of `stage` wants and the records do not show, in words. Empty where the cycle has no model:
// none named, and not exactly one in the district.
std::vector<std::string> MissingAtGate(const domain::v1::ImprovementCycle& cycle,
                                       domain::v1::CycleStage stage,
                                       const std::vector<std::string>& checklist_done,
                                       const std::string& scope, const std::string& id, RecordView* view);

}  // namespace trellis
