// An engine that keeps everything in memory and can be hurt on purpose: crashes that lose what was not
// synced, commits whose outcome is unknown, whole-store images to restore or clone from.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/storage/engine.h"

namespace trellis {

// Thread-safe. Snapshots and images share the map with the engine; whoever commits while one is held copies
// the map first, so they are cheap for small stores and for those that let go of them before they commit.
class MemoryEngine final : public Engine {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;
  // The whole content of a store at one moment. Value type, cheap to copy.
  struct Image {
    std::shared_ptr<const Map> content;
  };

  MemoryEngine() : content_(std::make_shared<Map>()) {}
  explicit MemoryEngine(const Image& image) : content_(std::make_shared<Map>(*image.content)) {}

  std::unique_ptr<const ReadView> Snapshot() const override;
  absl::Status Commit(const WriteBatch& batch, Durability durability) override;
  // Memory has no folders: kUnimplemented. See TakeImage.
  absl::Status Checkpoint(const std::string& folder) override;
  std::vector<std::string> LiveLogFiles() const override { return {}; }
  absl::Status CheckRoom(Room need) const override;
  absl::Status Broken() const override;

  // Everything visible now, synced or not.
  Image TakeImage() const;
  // Power fails: commits after the last synced one are gone, and the engine stands as freshly reopened.
  void Crash();
  // The process ends and starts again: nothing is lost, an earlier failure is forgotten.
  void Reopen();
  // The next Commit, or the one after `after` more, fails with `code`; after Crash or Reopen its batch is
  // there iff `applied`.
  void FailNextCommit(bool applied, absl::StatusCode code = absl::StatusCode::kUnavailable, int after = 0);
  // CheckRoom answers kResourceExhausted to work while set.
  void SetFull(bool full);
  size_t size() const;

 private:
  // What the key held before an unsynced commit changed it.
  struct Undo {
    std::string key;
    std::optional<std::string> before;
  };
  struct Failure {
    bool applied;
    absl::StatusCode code;
    int after;
  };

  void DetachLocked();
  void ApplyLocked(const WriteBatch& batch, std::vector<Undo>* undo);
  void SettleFailureLocked();

  mutable std::mutex mutex_;
  std::shared_ptr<Map> content_;
  std::vector<Undo> unsynced_;  // oldest first
  std::optional<Failure> next_failure_;
  bool broken_ = false;
  std::optional<WriteBatch> in_doubt_;  // applied when the store is opened again
  bool full_ = false;
};

}  // namespace trellis
