// What the responses of the workload refer to: their surveys and waves, and the school.
#pragma once

#include <string>

#include "common/replica/replica.h"

namespace trellis {

// Two surveys of 24 questions with three waves each and the organization of `site`, in the shared scope.
void WriteSurveys(Replica* replica, const std::string& site);

}  // namespace trellis
