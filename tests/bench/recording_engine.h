// Engines for the ceiling: one that keeps the batches it commits, and the replay of them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/storage/engine.h"

namespace trellis {

// Passes everything on to `engine` and remembers each batch. Thread-safe.
class RecordingEngine final : public Engine {
 public:
  explicit RecordingEngine(Engine* engine) : engine_(engine) {}

  std::unique_ptr<const ReadView> Snapshot() const override { return engine_->Snapshot(); }
  absl::Status Commit(const WriteBatch& batch, Durability durability) override {
    {
      const std::lock_guard lock(mutex_);
      batches_.push_back(batch);
    }
    return engine_->Commit(batch, durability);
  }
  absl::Status Checkpoint(const std::string& folder) override { return engine_->Checkpoint(folder); }
  std::vector<std::string> LiveLogFiles() const override { return engine_->LiveLogFiles(); }
  absl::Status CheckRoom(Room need) const override { return engine_->CheckRoom(need); }

  // What was committed since the last call.
  std::vector<WriteBatch> TakeBatches() {
    const std::lock_guard lock(mutex_);
    return std::move(batches_);
  }

 private:
  Engine* engine_;
  std::mutex mutex_;
  std::vector<WriteBatch> batches_;
};

// Seconds to commit the batches, synced, one after the other, into a fresh store.
double ReplaySeconds(const std::vector<WriteBatch>& batches);
// The same from `threads` callers, each taking the next batch.
double ReplaySeconds(const std::vector<WriteBatch>& batches, int threads);

// A fresh store below the folder; dies on an error.
std::unique_ptr<Engine> OpenFreshEngine(const std::string& folder);

}  // namespace trellis
