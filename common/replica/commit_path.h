// The one way into the store: groups jobs, syncs them in one batch, then lets their effects show.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/replica/books.h"
#include "common/replica/commit_queue.h"
#include "common/replica/draft.h"
#include "common/storage/engine.h"

namespace trellis {

// Thread-safe.
class CommitPath {
 public:
  using Listener = std::function<void(std::string_view scope, uint64_t head_seq)>;

  CommitPath(Engine* engine, Epoch epoch, std::function<void(uint64_t)> on_durable);

  // Reads the books from the store. Before any Commit.
  absl::Status Load();

  // Blocks until what `prepare` drafted is durable. Its own error comes back as it is and leaves nothing
  // behind. kUnavailable: the store is broken, whether the job is stored is unknown. kResourceExhausted: the
  // disk is too full for a job of that sort; nothing has changed.
  absl::Status Commit(const CommitQueue::Prepare& prepare, Room need = Room::kWork);

  uint64_t AddListener(Listener listener);
  // After it returns the listener is not called any more.
  void RemoveListener(uint64_t token);

  Engine* engine() const { return engine_; }
  Epoch epoch() const { return epoch_; }
  const ScopeBook& scopes() const { return scopes_; }
  ScopeBook& scopes() { return scopes_; }
  const KindBook& kinds() const { return kinds_; }

 private:
  // A group ends when it holds this many jobs or bytes: bounds the memory of a batch and how long the first
  // of the group waits for the last.
  static constexpr size_t kMaxGroupJobs = 256;
  static constexpr size_t kMaxGroupBytes = 1 << 20;

  void RunGroup(const std::function<CommitQueue::Job*()>& next);
  absl::Status CommitGroup(Draft* group);
  void Publish(const Draft& group);

  Engine* const engine_;
  const Epoch epoch_;
  const std::function<void(uint64_t)> on_durable_;
  ScopeBook scopes_;
  KindBook kinds_;
  Draft::Counters counters_;  // only the leader touches them
  std::atomic<bool> broken_{false};
  std::mutex listeners_mutex_;
  std::map<uint64_t, Listener> listeners_;
  uint64_t next_listener_ = 1;
  CommitQueue queue_;
};

}  // namespace trellis
