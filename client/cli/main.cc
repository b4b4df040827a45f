#include <cstdlib>
#include <iostream>

#include "client/cli/command_line.h"

int main(int argc, char** argv) {
  // gRPC's own log lines are not for the person at the keyboard.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  const trellis::Environment environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
  return trellis::RunCommandLine(argc, argv, environment, std::cout, std::cerr);
}
