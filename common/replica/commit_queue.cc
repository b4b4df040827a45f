#include "common/replica/commit_queue.h"

#include <vector>

namespace trellis {

absl::Status CommitQueue::Submit(const Prepare& prepare, Room need) {
  Job job;
  job.prepare = &prepare;
  job.need = need;
  std::unique_lock lock(mutex_);
  waiting_.push_back(&job);
  job.wake.wait(lock, [&] { return job.done || (!led_ && waiting_.front() == &job); });
  if (job.done) return job.status;

  led_ = true;
  std::vector<Job*> taken;
  lock.unlock();
  run_group_([&]() -> Job* {
    std::lock_guard take(mutex_);
    if (waiting_.empty()) return nullptr;
    taken.push_back(waiting_.front());
    waiting_.pop_front();
    return taken.back();
  });
  lock.lock();
  led_ = false;
  for (Job* done : taken) {
    done->done = true;
    if (done != &job) done->wake.notify_one();
  }
  if (!waiting_.empty()) waiting_.front()->wake.notify_one();
  return job.status;
}

}  // namespace trellis
