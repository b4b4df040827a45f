// One process at a time has a data folder.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trellis {

// Makes `folder` (0700) if it is not there. kFailedPrecondition, with the reason, if it is a link, belongs to
// somebody else, others may write to it, or we may not.
absl::Status PrepareDataFolder(const std::string& folder);

// Held until destroyed or the process ends, however it ends.
class FolderLock {
 public:
  // kFailedPrecondition, naming the process that has it, if the folder is taken.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace trellis
