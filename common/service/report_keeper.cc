#include "common/service/report_keeper.h"

#include <chrono>
#include <string_view>

namespace trellis {
namespace {

using Steady = std::chrono::steady_clock;

// Commits that follow each other closely are taken in together once there is a pause, so that the columns
// cost a long run of writes nothing while it lasts; but never later than this. A report does not wait for it.
constexpr auto kPause = std::chrono::milliseconds(100);
constexpr auto kLatest = std::chrono::seconds(2);
// What a crash leaves to be read again, in time; a checkpoint a record would cost more than the record.
constexpr auto kCheckpointAfter = std::chrono::seconds(30);

}  // namespace

ReportKeeper::ReportKeeper(Replica* replica, ReportHost* host) : replica_(replica), host_(host) {
  listener_ = replica_->AddListener([this](std::string_view, uint64_t) {
    {
      std::lock_guard lock(mutex_);
      if (committed_) return;
      committed_ = true;
    }
    wake_.notify_one();
  });
  thread_ = std::thread([this] { Run(); });
}

ReportKeeper::~ReportKeeper() { Stop(); }

void ReportKeeper::Stop() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  replica_->RemoveListener(listener_);
  wake_.notify_one();
  thread_.join();
  // Otherwise the next start reads it from the feed.
  host_->Checkpoint().IgnoreError();
}

bool ReportKeeper::WaitForAPause(std::unique_lock<std::mutex>* lock) {
  const bool committed = committed_;
  const auto latest = Steady::now() + kLatest;
  while (committed_ && !stopping_ && Steady::now() < latest) {
    committed_ = false;
    wake_.wait_for(*lock, kPause, [this] { return stopping_; });
  }
  committed_ = false;
  return committed;
}

void ReportKeeper::Run() {
  if (host_->ViewRests()) host_->CatchUp().IgnoreError();  // a report that comes says what is wrong
  auto unsaved_since = Steady::time_point::max();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto happened = [this] { return stopping_ || committed_; };
    if (unsaved_since == Steady::time_point::max()) {
      wake_.wait(lock, happened);
    } else {
      wake_.wait_until(lock, unsaved_since + kCheckpointAfter, happened);
    }
    const bool committed = WaitForAPause(&lock);
    if (stopping_) break;
    lock.unlock();
    if (committed && host_->following()) host_->CatchUp().IgnoreError();
    const ReportHost::Unsaved unsaved = host_->unsaved();
    if (unsaved.records == 0) {
      unsaved_since = Steady::time_point::max();
    } else if (unsaved_since == Steady::time_point::max()) {
      unsaved_since = Steady::now();
    }
    const bool old = unsaved.records > 0 && Steady::now() - unsaved_since >= kCheckpointAfter;
    if (old || unsaved.erased || unsaved.records >= ReportFollower::kCheckpointRecords) {
      const bool written = host_->Checkpoint().ok();
      unsaved_since = written ? Steady::time_point::max() : Steady::now();
    }
    lock.lock();
  }
}

}  // namespace trellis
