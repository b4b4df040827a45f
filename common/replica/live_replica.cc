#include "common/replica/live_replica.h"

#include <fmt/format.h>

#include <utility>

namespace trellis {
namespace {

// A store that could not be opened is tried again so often.
constexpr int64_t kTryAgainMs = 1'000;

absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename Value>
absl::Status StatusOf(const absl::StatusOr<Value>& result) {
  return result.status();
}

}  // namespace

void LiveReplica::CallingThreads::Enter() {
  std::lock_guard lock(mutex_);
  ++calls_[std::this_thread::get_id()];
}

void LiveReplica::CallingThreads::Leave() {
  std::lock_guard lock(mutex_);
  const auto it = calls_.find(std::this_thread::get_id());
  if (--it->second == 0) calls_.erase(it);
}

bool LiveReplica::CallingThreads::HoldsThisThread() const {
  std::lock_guard lock(mutex_);
  return calls_.contains(std::this_thread::get_id());
}

LiveReplica::LiveReplica(const Clock* clock, Hooks hooks)
    : clock_(clock), hooks_(std::move(hooks)), watch_(clock) {}

template <typename Call>
auto LiveReplica::Run(const Call& call) const -> decltype(call(std::declval<Replica&>())) {
  using Result = decltype(call(std::declval<Replica&>()));
  auto* self = const_cast<LiveReplica*>(this);
  // Only the outermost call of a thread may wait for the others to end.
  const bool outermost = !calling_.HoldsThisThread();
  if (outermost) self->TryClosed();
  const uint64_t generation = generation_;
  bool reopen = false;
  Result result = [&]() -> Result {
    std::shared_lock lock(mutex_);
    if (inner_ == nullptr) return closed_;
    calling_.Enter();
    Result answer = call(*inner_);
    calling_.Leave();
    const absl::Status status = StatusOf(answer);
    reopen = !status.ok() && outermost && hooks_.must_reopen(status);
    return answer;
  }();
  if (reopen) self->Reopen(generation, StatusOf(result));
  return result;
}

template <typename Call>
auto LiveReplica::RunWriting(const Call& call) -> decltype(call(std::declval<Replica&>())) {
  if (watch_.ClocksMoved() && !calling_.HoldsThisThread()) Reopen(generation_, absl::OkStatus());
  auto result = Run(call);
  if (result.ok()) wrote_ = true;
  return result;
}

absl::Status LiveReplica::Open() {
  std::unique_lock lock(mutex_);
  OpenLocked(absl::OkStatus());
  return closed_;
}

void LiveReplica::OpenLocked(const absl::Status& why) {
  inner_.reset();
  absl::StatusOr<std::unique_ptr<Replica>> opened = hooks_.open(why);
  tried_ms_ = clock_->SteadyMs();
  closed_ = opened.status();
  if (!opened.ok()) return;
  inner_ = *std::move(opened);
  inner_->AddListener([this](std::string_view scope, uint64_t head_seq) { Tell(scope, head_seq); });
  watch_.Begin();
  wrote_ = false;
  epoch_ = inner_->epoch();
  ++generation_;
}

void LiveReplica::Reopen(uint64_t generation, const absl::Status& why) {
  std::unique_lock lock(mutex_);
  if (generation_ == generation && inner_ != nullptr) OpenLocked(why);
}

void LiveReplica::TryClosed() {
  {
    std::shared_lock lock(mutex_);
    if (inner_ != nullptr || clock_->SteadyMs() - tried_ms_ < kTryAgainMs) return;
  }
  std::unique_lock lock(mutex_);
  if (inner_ == nullptr && clock_->SteadyMs() - tried_ms_ >= kTryAgainMs) OpenLocked(closed_);
}

void LiveReplica::Tick() {
  TryClosed();
  if (watch_.ClocksMoved() || watch_.Booted()) Reopen(generation_, absl::OkStatus());
}

absl::Status LiveReplica::WhileOpen(const std::function<absl::Status()>& work) const {
  return Run([&](Replica&) { return work(); });
}

Epoch LiveReplica::BeginSession() {
  const bool stale = hooks_.renew_old_epochs && wrote_ && watch_.IsOld();
  if (stale || watch_.ClocksMoved() || watch_.Booted()) Reopen(generation_, absl::OkStatus());
  return epoch_;
}

absl::StatusOr<WriteOutcome> LiveReplica::Write(const WriteRequest& request) {
  return RunWriting([&](Replica& inner) { return inner.Write(request); });
}

absl::StatusOr<ScopeHead> LiveReplica::BeginScope(std::string_view scope) {
  return Run([&](Replica& inner) { return inner.BeginScope(scope); });
}

absl::StatusOr<ApplyOutcome> LiveReplica::ApplyFrame(const ReplicaFrame& frame, const ApplyOptions& options) {
  return RunWriting([&](Replica& inner) { return inner.ApplyFrame(frame, options); });
}

absl::StatusOr<uint64_t> LiveReplica::SetFrameAside(const ReplicaFrame& frame, std::string_view body,
                                                    const std::string& reason, const ApplyOptions& options) {
  return RunWriting([&](Replica& inner) { return inner.SetFrameAside(frame, body, reason, options); });
}

absl::StatusOr<ApplyOutcome> LiveReplica::ApplyRepair(std::string_view scope,
                                                      const std::vector<Delta>& states,
                                                      const ApplyOptions& options) {
  return RunWriting([&](Replica& inner) { return inner.ApplyRepair(scope, states, options); });
}

absl::StatusOr<ApplyOutcome> LiveReplica::RetrySetAside(std::string_view scope, const RecordId& id,
                                                        const ApplyOptions& options) {
  return RunWriting([&](Replica& inner) { return inner.RetrySetAside(scope, id, options); });
}

absl::Status LiveReplica::AdvanceToHead(std::string_view peer, std::string_view scope, Epoch epoch,
                                        uint64_t seq) {
  return Run([&](Replica& inner) { return inner.AdvanceToHead(peer, scope, epoch, seq); });
}

absl::Status LiveReplica::PutMeta(std::string_view key, std::string_view value) {
  return Run([&](Replica& inner) { return inner.PutMeta(key, value); });
}

absl::StatusOr<std::optional<StoredRecord>> LiveReplica::Get(std::string_view scope,
                                                             const RecordId& id) const {
  return Run([&](Replica& inner) { return inner.Get(scope, id); });
}

absl::Status LiveReplica::ScanKind(
    std::string_view scope, std::string_view kind, const RecordId& after, bool with_deleted,
    const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const {
  return Run([&](Replica& inner) { return inner.ScanKind(scope, kind, after, with_deleted, visit); });
}

absl::Status LiveReplica::ScanIndex(
    std::string_view scope, std::string_view kind, uint32_t field, std::string_view low,
    std::string_view high, const std::function<bool(std::string_view, const RecordId&)>& visit) const {
  return Run([&](Replica& inner) { return inner.ScanIndex(scope, kind, field, low, high, visit); });
}

absl::Status LiveReplica::ScanFeed(
    std::string_view scope, uint64_t after,
    const std::function<bool(uint64_t, const RecordId&, const StoredRecord&)>& visit) const {
  return Run([&](Replica& inner) { return inner.ScanFeed(scope, after, visit); });
}

absl::StatusOr<std::vector<HistoryEntry>> LiveReplica::History(std::string_view scope,
                                                               const RecordId& id) const {
  return Run([&](Replica& inner) { return inner.History(scope, id); });
}

absl::Status LiveReplica::ScanConflicts(
    std::string_view scope, const std::function<bool(const RecordId&, const StoredRecord&)>& visit) const {
  return Run([&](Replica& inner) { return inner.ScanConflicts(scope, visit); });
}

absl::StatusOr<std::vector<std::string>> LiveReplica::Kinds() const {
  return Run([](Replica& inner) { return inner.Kinds(); });
}

absl::StatusOr<std::vector<std::string>> LiveReplica::Scopes() const {
  return Run([](Replica& inner) { return inner.Scopes(); });
}

absl::StatusOr<ScopeHead> LiveReplica::Head(std::string_view scope) const {
  return Run([&](Replica& inner) { return inner.Head(scope); });
}

absl::StatusOr<ReplicaFrame> LiveReplica::BuildFrame(const FrameRequest& request) const {
  return Run([&](Replica& inner) { return inner.BuildFrame(request); });
}

absl::StatusOr<std::vector<PeerCursor>> LiveReplica::Cursors(std::string_view peer,
                                                             std::string_view scope) const {
  return Run([&](Replica& inner) { return inner.Cursors(peer, scope); });
}

absl::StatusOr<std::vector<BucketDigest>> LiveReplica::Buckets(std::string_view scope) const {
  return Run([&](Replica& inner) { return inner.Buckets(scope); });
}

absl::StatusOr<std::vector<RecordVersion>> LiveReplica::BucketVersions(std::string_view scope,
                                                                       uint32_t bucket) const {
  return Run([&](Replica& inner) { return inner.BucketVersions(scope, bucket); });
}

absl::StatusOr<std::vector<SetAside>> LiveReplica::SetAsides(std::string_view scope) const {
  return Run([&](Replica& inner) { return inner.SetAsides(scope); });
}

absl::StatusOr<std::vector<SetAsideItem>> LiveReplica::SetAsideItems(std::string_view scope) const {
  return Run([&](Replica& inner) { return inner.SetAsideItems(scope); });
}

absl::StatusOr<std::optional<std::string>> LiveReplica::GetMeta(std::string_view key) const {
  return Run([&](Replica& inner) { return inner.GetMeta(key); });
}

absl::Status LiveReplica::ScanViewRows(
    std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view row)>& visit) const {
  return Run([&](Replica& inner) { return ViewRowsOf(&inner)->ScanViewRows(prefix, visit); });
}

absl::Status LiveReplica::WriteViewRows(Epoch epoch, const ViewChange& change) {
  return Run([&](Replica& inner) { return ViewRowsOf(&inner)->WriteViewRows(epoch, change); });
}

uint64_t LiveReplica::AddListener(CommitListener listener) {
  std::lock_guard lock(listeners_mutex_);
  listeners_[next_listener_] = std::move(listener);
  return next_listener_++;
}

void LiveReplica::RemoveListener(uint64_t token) {
  std::lock_guard lock(listeners_mutex_);
  listeners_.erase(token);
}

void LiveReplica::Tell(std::string_view scope, uint64_t head_seq) {
  std::lock_guard lock(listeners_mutex_);
  for (const auto& [token, listener] : listeners_) listener(scope, head_seq);
}

}  // namespace trellis
