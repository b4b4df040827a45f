// What the shell is told.
#pragma once

#include "absl/status/status.h"

namespace trellis {

enum class ExitCode {
  kDone = 0,
  kFailed = 1,
  kWrongUse = 2,
  kNotReachable = 3,
  kRefused = 4,
  kPrecondition = 5,
  kNotFound = 6,
  kTimedOut = 7,
  kDoneInPart = 8,
  kDamage = 9,  // or digests unequal
};

ExitCode ExitCodeOf(absl::StatusCode code);

}  // namespace trellis
