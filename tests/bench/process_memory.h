// What a process takes, as the kernel counts it.
#pragma once

namespace trellis {

struct ProcessMemory {
  double resident_kib = 0;   // VmRSS
  double anonymous_kib = 0;  // RssAnon
};
// Zeros if there is no such process.
ProcessMemory MemoryOf(int pid);

}  // namespace trellis
