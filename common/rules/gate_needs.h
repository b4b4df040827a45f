// Whether one need of a stage gate is met.
#pragma once

#include <string>
#include <vector>

#include "common/rules/record_view.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/improvement_model.pb.h"

namespace trellis {

struct GatedCycle {
  const domain::v1::ImprovementCycle& cycle;
  const std::string& scope;
  std::vector<std::string> names;  // what references to it say
};

// What to do about it, in words; empty: met.
std::string UnmetNeed(domain::v1::GateNeed need, const GatedCycle& gated, RecordView* view);

}  // namespace trellis
