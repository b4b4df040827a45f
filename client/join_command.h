// What trellisd does besides serving.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace trellis {

struct JoinOptions {
  std::string data;
  std::string server;     // HOST:PORT of sync
  std::string code_file;  // "-": standard input
  std::string proxy;      // as ChooseProxy takes it
};

// Joins and prints one JSON line: site, district, account.
absl::Status JoinCommand(const JoinOptions& options);

}  // namespace trellis
