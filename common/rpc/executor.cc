#include "common/rpc/executor.h"

#include <utility>

namespace trellis {

Executor::Executor(int threads, size_t queue_limit) : queue_limit_(queue_limit), alive_(threads) {
  threads_.reserve(threads);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

Executor::~Executor() { Shutdown(); }

absl::Status Executor::Submit(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return absl::UnavailableError("shutting down");
    if (queue_.size() >= queue_limit_)
      return absl::ResourceExhaustedError("too much is waiting; try again in a moment");
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return absl::OkStatus();
}

void Executor::SubmitStrand(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    if (alive_ == 0) return;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
}

void Executor::Shutdown() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void Executor::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) {
      --alive_;
      return;
    }
    std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // what it holds goes before the lock is taken again
    lock.lock();
  }
}

Strand::Strand(Executor* executor) : state_(std::make_shared<State>()) { state_->executor = executor; }

void Strand::Post(std::function<void()> work) {
  {
    std::lock_guard lock(state_->mutex);
    state_->queue.push_back(std::move(work));
    if (state_->scheduled) return;
    state_->scheduled = true;
  }
  state_->executor->SubmitStrand([state = state_] { Drain(state); });
}

size_t Strand::waiting() const {
  std::lock_guard lock(state_->mutex);
  return state_->queue.size();
}

void Strand::Drain(const std::shared_ptr<State>& state) {
  std::function<void()> work;
  {
    std::lock_guard lock(state->mutex);
    work = std::move(state->queue.front());
    state->queue.pop_front();
  }
  work();
  work = nullptr;
  {
    std::lock_guard lock(state->mutex);
    if (state->queue.empty()) {
      state->scheduled = false;
      return;
    }
  }
  // Back to the end of the pool's queue, so that one busy strand does not hold a thread for itself.
  state->executor->SubmitStrand([state] { Drain(state); });
}

}  // namespace trellis
