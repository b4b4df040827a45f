// Which backups were made and found whole: how far back what the sites sent could be had again.
//
//   DATA/backups.json   [{"folder", "takenMs"}]   oldest first; not in backups themselves
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace trellis {

// Thread-safe.
class BackupLog {
 public:
  // Backups remembered; a district that makes one a day forgets those older than a year and a half.
  static constexpr size_t kMost = 512;

  // What cannot be read counts as no backup: too little is claimed, never too much.
  explicit BackupLog(std::string data);

  // A backup was verified. `taken_ms`: all that was acknowledged before is in it.
  absl::Status Add(const std::string& folder, int64_t taken_ms);

  // 0: none. The newest one; and the oldest that still stands where it was put (if none does, the newest).
  const std::atomic<int64_t>& newest_ms() const { return newest_ms_; }
  const std::atomic<int64_t>& horizon_ms() const { return horizon_ms_; }

 private:
  struct Entry {
    std::string folder;
    int64_t taken_ms = 0;
  };
  void Work();

  const std::string file_;
  std::mutex mutex_;
  std::vector<Entry> entries_;
  std::atomic<int64_t> newest_ms_{0};
  std::atomic<int64_t> horizon_ms_{0};
};

}  // namespace trellis
