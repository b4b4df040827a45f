// Leader and followers: callers queue up, whoever finds nobody at work takes the waiting ones along.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

#include "absl/status/status.h"
#include "common/storage/engine.h"

namespace trellis {

class Draft;

// Thread-safe. Has no thread of its own: with one caller everything runs in that caller.
class CommitQueue {
 public:
  // Fills its draft; an error leaves nothing of it.
  using Prepare = std::function<absl::Status(Draft*)>;

  struct Job {
    const Prepare* prepare = nullptr;
    Room need = Room::kWork;
    absl::Status status;

   private:
    friend class CommitQueue;
    bool done = false;
    std::condition_variable wake;
  };

  // Takes jobs with `next` (null when none waits) until it will take no more, makes them durable together,
  // sets their status.
  using RunGroup = std::function<void(const std::function<Job*()>& next)>;

  explicit CommitQueue(RunGroup run_group) : run_group_(std::move(run_group)) {}

  // Blocks until the job is durable or refused.
  absl::Status Submit(const Prepare& prepare, Room need);

 private:
  RunGroup run_group_;
  std::mutex mutex_;
  std::deque<Job*> waiting_;
  bool led_ = false;
};

}  // namespace trellis
