#include "common/storage/ballast.h"

#include <utility>

namespace trellis {

Ballast::Ballast(Disk disk, std::string file, uint64_t bytes)
    : disk_(std::move(disk)),
      file_(std::move(file)),
      bytes_(bytes),
      kept_(bytes > 0 && disk_.Exists(file_)) {}

void Ballast::Keep() {
  std::lock_guard lock(mutex_);
  if (bytes_ == 0 || kept_) return;
  const std::string half_made = file_ + ".new";
  absl::Status status = disk_.Allocate(half_made, bytes_);
  if (status.ok()) status = disk_.Rename(half_made, file_);
  if (!status.ok()) disk_.RemoveFile(half_made).IgnoreError();
  kept_ = status.ok();
}

bool Ballast::Release() {
  std::lock_guard lock(mutex_);
  if (!kept_) return false;
  kept_ = !disk_.RemoveFile(file_).ok();
  return !kept_;
}

}  // namespace trellis
