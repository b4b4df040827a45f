// Which of the planted faults is at work.
#pragma once

#define TRELLIS_PLANTED_FAULTS
#include "common/time/planted.h"

namespace trellis {

void Plant(Fault fault);

}  // namespace trellis
