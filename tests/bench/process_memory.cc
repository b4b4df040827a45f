#include "tests/bench/process_memory.h"

#include <fstream>
#include <string>

namespace trellis {

ProcessMemory MemoryOf(int pid) {
  ProcessMemory memory;
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    const auto kib = [&] { return std::stod(line.substr(line.find(':') + 1)); };
    if (line.starts_with("VmRSS:")) memory.resident_kib = kib();
    if (line.starts_with("RssAnon:")) memory.anonymous_kib = kib();
  }
  return memory;
}

}  // namespace trellis
