// A store folder on a disk that forgets and fails, and what it must show.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/replica/store_folder.h"
#include "tests/disk/hostile_disk.h"

namespace trellis {

inline constexpr char kDiskScope[] = "F1";
inline constexpr char kDiskFolder[] = "/data";
inline constexpr char kDiskAnchorCopy[] = "/keys";

// The id of the n-th record.
RecordId DiskId(int n);

// A disk as a machine has it, with the folders a store is opened in.
std::shared_ptr<HostileDisk> NewDisk();
std::shared_ptr<HostileDisk> DiskFrom(DiskTree tree);
StoreFolderOptions OptionsOn(const std::shared_ptr<HostileDisk>& disk, const Clock* clock, Random* random);

// What a program opens: a store on the disk, its clock and its randomness.
class DiskStore {
 public:
  DiskStore(std::shared_ptr<HostileDisk> disk, uint64_t seed) : disk_(std::move(disk)), random_(seed) {}

  // Changes what the next Open is given.
  StoreFolderOptions& options() {
    if (!options_.has_value()) options_ = OptionsOn(disk_, &clock_, &random_);
    return *options_;
  }
  absl::Status Open();
  void Close() { folder_.reset(); }
  StoreFolder& folder() { return *folder_; }
  Replica* operator->() const { return folder_->replica(); }
  HostileDisk& disk() { return *disk_; }
  ManualClock& clock() { return clock_; }

  // One atomic write of records `first` to `first + count - 1`, created, or updated if they are there.
  absl::Status WriteGroup(int first, int count, const std::string& text, const std::string& request_id = "");
  // The text of the n-th record; nullopt if it is not there.
  absl::StatusOr<std::optional<std::string>> Text(int n) const;

 private:
  std::shared_ptr<HostileDisk> disk_;
  ManualClock clock_{1'700'000'000'000};
  SeededRandom random_;
  std::optional<StoreFolderOptions> options_;
  std::unique_ptr<StoreFolder> folder_;
};

// Heads, digest leaves, feed and indexes are what the records give; an empty string if so.
std::string DerivedProblem(const Replica& replica);

}  // namespace trellis
