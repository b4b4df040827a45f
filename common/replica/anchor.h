// The anchor: a small file beside the store, and a copy elsewhere, that says how far the store was durable.
// It follows every sync of the log within ten milliseconds, is itself synced within a second, and is exact
// after a drain. A store found behind its anchor has lost what it had acknowledged: a deleted log, a disk
// that lied, files copied back.
//
//   file := slot slot        the first follows, the second is written only after the first was synced: power
//                            lost at any moment leaves one of them whole
//   slot := text, ended by a line with its checksum, padded with newlines to kAnchorSlotBytes:
//           "trellis-anchor 1" / "epoch HEX" / "durable N" / ("log NAME")* / "checksum HEX"
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/causal/context.h"
#include "common/storage/disk.h"

namespace trellis {

inline constexpr size_t kAnchorSlotBytes = 1024;

struct AnchorState {
  Epoch epoch = 0;
  uint64_t durable = 0;  // changes committed since the store was made
  std::vector<std::string> log_files;
  friend bool operator==(const AnchorState&, const AnchorState&) = default;
};

// Log files that do not fit the slot are left out, the oldest first.
std::string EncodeAnchorSlot(const AnchorState& state);
std::optional<AnchorState> DecodeAnchorSlot(std::string_view slot);

// The furthest sound state in any of the files; nullopt if none holds one.
std::optional<AnchorState> ReadAnchors(const Disk& disk, const std::vector<std::string>& files);

// Keeps the files up to date from a thread of its own. Thread-safe.
class AnchorWriter {
 public:
  using LogFiles = std::function<std::vector<std::string>()>;

  // Writes `state` to all files, synced, then follows Note. `log_files` is asked from the writer's thread.
  AnchorWriter(const Disk& disk, const std::vector<std::string>& files, const AnchorState& state,
               LogFiles log_files);
  // Drains.
  ~AnchorWriter();
  AnchorWriter(const AnchorWriter&) = delete;
  AnchorWriter& operator=(const AnchorWriter&) = delete;

  // The store is durable up to here. Returns at once.
  void Note(uint64_t durable);
  // Returns when the files say what was noted last, synced.
  void Drain();
  // Of the last write of any file. The store goes on without its anchor; somebody should be told.
  absl::Status status() const;

 private:
  void Run();
  void Write(const AnchorState& state, bool sync);

  const LogFiles log_files_;
  std::vector<std::unique_ptr<FixedFile>> files_;  // those that could be opened
  absl::Status open_status_;
  std::mutex write_mutex_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  AnchorState state_;
  bool dirty_ = false;
  bool stopping_ = false;
  absl::Status status_;
  std::thread thread_;
};

}  // namespace trellis
