// Bundles of neighbours waiting to be carried on, and the receipts that came back for them: files in one
// folder.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace trellis {

// Thread-safe; blocks on the disk. A machine is named by the hash of its key, in hex.
class RelayShelf {
 public:
  static constexpr size_t kMostMachines = 64;
  static constexpr size_t kMostBytes = 512u << 20;

  explicit RelayShelf(std::string folder, size_t most_machines = kMostMachines,
                      size_t most_bytes = kMostBytes)
      : folder_(std::move(folder)), most_machines_(most_machines), most_bytes_(most_bytes) {}

  // In the place of an older one. RESOURCE_EXHAUSTED: the shelf is full.
  absl::Status Put(const std::string& machine, std::string_view bundle);

  struct Standing {
    bool waiting = false;
    std::string receipt;  // empty: none has come back yet
    std::string refusal;  // of the district, in words; empty: none
  };
  absl::StatusOr<Standing> Look(const std::string& machine) const;

  // The machines whose bundles wait, in order.
  std::vector<std::string> Waiting() const;
  absl::StatusOr<std::string> Bundle(const std::string& machine) const;

  // What became of `bundle`. If a newer one has come since, that goes on waiting.
  absl::Status Answered(const std::string& machine, std::string_view bundle, std::string_view receipt);
  absl::Status Refused(const std::string& machine, std::string_view bundle, std::string_view words);

 private:
  std::string File(const std::string& machine, std::string_view ending) const;
  absl::Status TakeDown(const std::string& machine, std::string_view bundle);

  const std::string folder_;
  const size_t most_machines_;
  const size_t most_bytes_;
  mutable std::mutex mutex_;
};

}  // namespace trellis
