// An error on stderr, as a person or a program wants it.
#pragma once

#include <ostream>

#include "absl/status/status.h"

namespace trellis {

// As JSON: {"code","reason","message","fix","details"} on one line. Otherwise `trellis: message`, then each
// wrong field on a line of its own, then what to do.
void PrintProblem(const absl::Status& status, bool json, std::ostream& err);

}  // namespace trellis
