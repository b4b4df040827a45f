// What trellisd does besides serving.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace trellis {

struct JoinOptions {
  std::string data;
  std::string server;     // HOST:PORT of sync
  std::string code_file;  // "-": standard input
};

// Joins and prints one JSON line: site, district, account.
absl::Status JoinCommand(const JoinOptions& options);

// INTERFACE: 2 wrong use, 3 not reachable, 4 refused, 5 precondition, 6 not found, 9 damage, else 1.
int ExitCodeOf(const absl::Status& status);

}  // namespace trellis
