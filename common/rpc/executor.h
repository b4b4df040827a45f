// Where blocking work runs, so that it never runs on a gRPC thread: a bounded pool of threads, and strands
// on it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"

namespace trellis {

// Thread-safe.
class Executor {
 public:
  // Calls waiting at most before Submit refuses.
  static constexpr size_t kDefaultQueueLimit = 1'024;

  explicit Executor(int threads, size_t queue_limit = kDefaultQueueLimit);
  // As Shutdown.
  ~Executor();

  // Runs `work` on some thread, in no given order. RESOURCE_EXHAUSTED when the queue is full, UNAVAILABLE
  // after Shutdown began; then `work` is not run.
  absl::Status Submit(std::function<void()> work);
  // Runs everything taken so far, then ends the threads. Not to be called from one of them.
  void Shutdown();

 private:
  friend class Strand;
  // For strands: not counted against the limit, since a strand stands in the queue at most once.
  void SubmitStrand(std::function<void()> work);
  void Run();

  const size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  int alive_;  // threads that may still take work
  std::vector<std::thread> threads_;
};

// Runs what is posted to it one after another, in order, on threads of an executor. Thread-safe. What is
// posted still runs when the strand object is gone; after the executor's Shutdown it is dropped.
class Strand {
 public:
  // `executor` must outlive the strand and everything posted.
  explicit Strand(Executor* executor);
  // The caller bounds what it posts (a session: one read in flight, one tick, one notice a scope).
  void Post(std::function<void()> work);
  // What is waiting, the running one not counted.
  size_t waiting() const;

 private:
  struct State {
    Executor* executor = nullptr;
    mutable std::mutex mutex;
    std::deque<std::function<void()>> queue;
    bool scheduled = false;
  };
  static void Drain(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;
};

}  // namespace trellis
