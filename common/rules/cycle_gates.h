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

struct MissingNeed {
  std::string what;  // to do, in words
  // What is missing may stand at another site, whose records are not held here: the district will know.
  bool perhaps_elsewhere = false;
};

// What the gate of `stage` wants and the records do not show. Empty where the cycle has no model: none named,
// and not exactly one in the district.
std::vector<MissingNeed> MissingAtGate(const domain::v1::ImprovementCycle& cycle,
                                       domain::v1::CycleStage stage,
                                       const std::vector<std::string>& checklist_done,
                                       const std::string& scope, const std::string& id, RecordView* view);

}  // namespace trellis
