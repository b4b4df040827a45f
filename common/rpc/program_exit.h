// What the shell is told by a program that ends with an error.
#pragma once

#include "absl/status/status.h"

namespace trellis {

// 0 done, 2 wrong use, 3 not reachable, 4 refused, 5 precondition, 6 not found, 9 damage, 1 anything else.
int ProgramExitCode(const absl::Status& status);

}  // namespace trellis
