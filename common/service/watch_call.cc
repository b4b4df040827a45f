#include "common/service/watch_call.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/alarm.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>

#include "common/service/record_proto.h"
#include "common/service/record_watch.h"

namespace trellis {
namespace {

using google::protobuf::util::TimeUtil;
using records::v1::WatchRecordsRequest;
using records::v1::WatchRecordsResponse;

constexpr int64_t kDefaultHeartbeatMs = 15'000;
constexpr int64_t kLeastHeartbeatMs = 1'000;
constexpr int64_t kMostHeartbeatMs = 300'000;
// Records read from the store at once; the rest waits there, not in memory.
constexpr size_t kReadAhead = 64;

int64_t HeartbeatMs(const WatchRecordsRequest& request) {
  if (!request.has_heartbeat()) return kDefaultHeartbeatMs;
  return std::clamp(TimeUtil::DurationToMilliseconds(request.heartbeat()), kLeastHeartbeatMs,
                    kMostHeartbeatMs);
}

// Blocking work runs on a strand; what gRPC may be told is guarded by the mutex. Alive until gRPC is done and
// no work is left. The listener is removed on the strand, since a commit may be in it.
class WatchCall final : public grpc::ServerWriteReactor<WatchRecordsResponse>,
                        public std::enable_shared_from_this<WatchCall> {
 public:
  WatchCall(const RecordStore& store, const ServiceShell& shell, grpc::CallbackServerContext* context,
            const WatchRecordsRequest& request)
      : store_(store),
        authenticator_(*shell.authenticator),
        strand_(shell.executor),
        context_(context),
        heartbeat_ms_(HeartbeatMs(request)) {
    query_ = {request.kind(), request.scope(), request.filter(), request.resume_token(),
              request.from_start()};
  }

  void Begin() {
    self_ = shared_from_this();
    absl::StatusOr<Principal> principal = authenticator_.Authenticate(*context_);
    if (!principal.ok()) {
      End(ToGrpcStatus(principal.status()));
      return;
    }
    Post([this, principal = *std::move(principal)] { Open(principal); });
  }

  void OnWriteDone(bool ok) override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      writing_ = false;
      if (!ok) ended_ = true;
      if (ended_) {
        FinishLocked();
        return;
      }
      WriteLocked();
      if (writing_) return;
    }
    Post([this] { Pump(); });
  }
  void OnCancel() override { End(grpc::Status(grpc::StatusCode::CANCELLED, "the watch was ended")); }
  void OnDone() override {
    // Lives to the end of this function even where the pool takes no more work.
    const std::shared_ptr<WatchCall> self = std::move(self_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      alarm_.Cancel();
    }
    strand_.Post([self] {
      if (self->listener_ != 0) self->store_.replica->RemoveListener(self->listener_);
    });
  }

 private:
  void Post(std::function<void()> work) {
    strand_.Post([self = shared_from_this(), work = std::move(work)] { work(); });
  }

  // ---- on the strand ----
  void Open(const Principal& principal) {
    absl::StatusOr<std::unique_ptr<RecordWatch>> watch = RecordWatch::Open(store_, principal, query_);
    if (!watch.ok()) {
      End(ToGrpcStatus(watch.status()));
      return;
    }
    watch_ = *std::move(watch);
    listener_ = store_.replica->AddListener(
        [weak = weak_from_this(), scope = watch_->scope()](std::string_view changed, uint64_t) {
          if (changed != scope) return;
          if (auto self = weak.lock()) self->Wake();
        });
    // The first message tells where the watch stands, before anything changes.
    Send(Heartbeat());
    SetAlarm();
    Pump();
  }

  void Pump() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      woken_ = false;
      if (ended_ || watch_ == nullptr || !waiting_.empty()) return;
    }
    absl::StatusOr<std::vector<WatchedRecord>> changed = watch_->Next(kReadAhead);
    if (!changed.ok()) {
      End(ToGrpcStatus(changed.status()));
      return;
    }
    for (const WatchedRecord& one : *changed) {
      WatchRecordsResponse response;
      response.set_resume_token(one.resume_token);
      EncodeRecord(one.record, response.mutable_record());
      Send(std::move(response));
    }
  }

  WatchRecordsResponse Heartbeat() const {
    WatchRecordsResponse response;
    response.set_resume_token(watch_->resume_token());
    *response.mutable_heartbeat()->mutable_time() = TimeUtil::MillisecondsToTimestamp(store_.clock->WallMs());
    return response;
  }

  void Beat() {
    bool quiet = false;
    absl::Status known;
    {
      // gRPC keeps the context until Finish, which wants this mutex.
      std::lock_guard<std::mutex> lock(mutex_);
      if (ended_) return;
      known = authenticator_.Authenticate(*context_).status();
      quiet = waiting_.empty() && !writing_;
    }
    if (!known.ok()) {
      End(ToGrpcStatus(known));
      return;
    }
    if (quiet) Send(Heartbeat());
    SetAlarm();
  }

  // ---- anywhere ----
  void Wake() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (woken_ || ended_) return;
      woken_ = true;
    }
    Post([this] { Pump(); });
  }

  void SetAlarm() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return;
    alarm_.Set(std::chrono::system_clock::now() + std::chrono::milliseconds(heartbeat_ms_),
               [weak = weak_from_this()](bool fired) {
                 auto self = fired ? weak.lock() : nullptr;
                 if (self) self->Post([raw = self.get()] { raw->Beat(); });
               });
  }

  void Send(WatchRecordsResponse response) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return;
    waiting_.push_back(std::move(response));
    if (!writing_) WriteLocked();
  }

  void End(grpc::Status status) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return;
    ended_ = true;
    status_ = std::move(status);
    if (!writing_) FinishLocked();
  }

  void WriteLocked() {
    if (waiting_.empty()) return;
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    writing_ = true;
    StartWrite(&current_);
  }

  void FinishLocked() {
    if (finished_) return;
    finished_ = true;
    Finish(status_);
  }

  const RecordStore store_;
  const Authenticator& authenticator_;
  Strand strand_;
  grpc::CallbackServerContext* const context_;
  const int64_t heartbeat_ms_;
  WatchQuery query_;
  std::unique_ptr<RecordWatch> watch_;  // strand only
  uint64_t listener_ = 0;               // strand only
  grpc::Alarm alarm_;
  std::shared_ptr<WatchCall> self_;  // until OnDone

  std::mutex mutex_;
  std::deque<WatchRecordsResponse> waiting_;  // at most kReadAhead and a heartbeat
  WatchRecordsResponse current_;
  bool writing_ = false;
  bool woken_ = false;
  bool ended_ = false;
  bool finished_ = false;
  grpc::Status status_ = grpc::Status::OK;
};

}  // namespace

grpc::ServerWriteReactor<WatchRecordsResponse>* StartWatch(const RecordStore& store,
                                                           const ServiceShell& shell,
                                                           grpc::CallbackServerContext* context,
                                                           const WatchRecordsRequest& request) {
  auto call = std::make_shared<WatchCall>(store, shell, context, request);
  call->Begin();
  return call.get();
}

}  // namespace trellis
