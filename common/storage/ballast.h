// A file that only takes room. On a disk that others filled it is given up, so that what keeps sync going
// (a new epoch, a scope's lineage, opening itself) still finds room while work is refused.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "common/storage/disk.h"

namespace trellis {

// Thread-safe.
class Ballast {
 public:
  // `bytes` 0: none is kept.
  Ballast(Disk disk, std::string file, uint64_t bytes);

  // Makes the file if it is not there; a failure leaves it for the next time.
  void Keep();
  // True if there was one to give up.
  bool Release();
  uint64_t bytes() const { return bytes_; }

 private:
  const Disk disk_;
  const std::string file_;
  const uint64_t bytes_;
  std::mutex mutex_;
  bool kept_ = false;
};

}  // namespace trellis
