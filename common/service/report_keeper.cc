#include "common/service/report_keeper.h"

#include <chrono>
#include <string_view>

namespace trellis {
namespace {

using Clock = std::chrono::steady_clock;

// Commits that follow each other closely are taken in together: a batch of them costs less a record, and the
// writer keeps the disk to itself.
constexpr auto kSettle = std::chrono::milliseconds(100);
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

void ReportKeeper::Run() {
  if (host_->ViewRests()) host_->CatchUp().IgnoreError();  // a report that comes says what is wrong
  auto unsaved_since = Clock::time_point::max();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto happened = [this] { return stopping_ || committed_; };
    if (unsaved_since == Clock::time_point::max()) {
      wake_.wait(lock, happened);
    } else {
      wake_.wait_until(lock, unsaved_since + kCheckpointAfter, happened);
    }
    wake_.wait_for(lock, kSettle, [this] { return stopping_; });
    if (stopping_) break;
    const bool committed = committed_;
    committed_ = false;
    lock.unlock();
    if (committed && host_->following()) host_->CatchUp().IgnoreError();
    const ReportHost::Unsaved unsaved = host_->unsaved();
    if (unsaved.records == 0) {
      unsaved_since = Clock::time_point::max();
    } else if (unsaved_since == Clock::time_point::max()) {
      unsaved_since = Clock::now();
    }
    const bool old = unsaved.records > 0 && Clock::now() - unsaved_since >= kCheckpointAfter;
    if (old || unsaved.erased || unsaved.records >= ReportFollower::kCheckpointRecords) {
      const bool written = host_->Checkpoint().ok();
      unsaved_since = written ? Clock::time_point::max() : Clock::now();
    }
    lock.lock();
  }
}

}  // namespace trellis
