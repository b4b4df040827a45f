#include "common/replica/commit_path.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/tables/key_codec.h"
#include "common/tables/request_table.h"
#include "common/tables/store_tables.h"
#include "common/time/planted.h"

namespace trellis {
namespace {

constexpr char kBroken[] = "the store refused an earlier write and takes no more: close it and open it again";

}  // namespace

CommitPath::CommitPath(Engine* engine, Epoch epoch, std::function<void(uint64_t)> on_durable)
    : engine_(engine),
      epoch_(epoch),
      on_durable_(std::move(on_durable)),
      queue_([this](const std::function<CommitQueue::Job*()>& next) { RunGroup(next); }) {}

absl::Status CommitPath::Load() {
  const std::unique_ptr<const ReadView> view = engine_->Snapshot();
  if (absl::Status status = scopes_.Load(*view); !status.ok()) return status;
  if (absl::Status status = kinds_.Load(*view); !status.ok()) return status;
  counters_.next_scope = scopes_.NextNumber();
  counters_.next_kind = kinds_.NextNumber();
  const auto durable = view->Get(DurableSeqKey());
  if (!durable.ok()) return durable.status();
  if (durable->has_value()) counters_.durable = DecodeNumber(**durable).value_or(0);
  const std::string ring = RequestRingPrefix();
  return view->Scan(ring, PrefixEnd(ring), true, [&](std::string_view key, std::string_view) {
    counters_.next_request = RequestOrdinalOfKey(key) + 1;
    return false;
  });
}

absl::Status CommitPath::Commit(const CommitQueue::Prepare& prepare, Room need) {
  return queue_.Submit(prepare, need);
}

uint64_t CommitPath::AddListener(Listener listener) {
  std::lock_guard lock(listeners_mutex_);
  listeners_[next_listener_] = std::move(listener);
  return next_listener_++;
}

void CommitPath::RemoveListener(uint64_t token) {
  std::lock_guard lock(listeners_mutex_);
  listeners_.erase(token);
}

void CommitPath::RunGroup(const std::function<CommitQueue::Job*()>& next) {
  const absl::Status broken = broken_ ? absl::UnavailableError(kBroken) : absl::OkStatus();
  std::optional<absl::Status> room_for_work;
  std::unique_ptr<const ReadView> view = engine_->Snapshot();
  Draft group(view.get(), &scopes_, &kinds_, epoch_, counters_);
  std::vector<CommitQueue::Job*> prepared;
  for (size_t jobs = 0; jobs < kMaxGroupJobs && group.bytes() < kMaxGroupBytes; ++jobs) {
    CommitQueue::Job* job = next();
    if (job == nullptr) break;
    if (job->need == Room::kWork && !room_for_work.has_value()) room_for_work = engine_->CheckRoom(job->need);
    job->status = !broken.ok()                 ? broken
                  : job->need == Room::kUpkeep ? engine_->CheckRoom(job->need)
                                               : *room_for_work;
    if (!job->status.ok()) continue;
    Draft draft(&group);
    job->status = (*job->prepare)(&draft);
    if (!job->status.ok()) continue;
    group.Absorb(std::move(draft));
    prepared.push_back(job);
  }
  if (group.empty()) return;
  absl::Status status = group.Seal();
  view.reset();  // an engine may have to copy what a view still holds
  if (status.ok()) status = CommitGroup(&group);
  for (CommitQueue::Job* job : prepared) job->status = status;
}

absl::Status CommitPath::CommitGroup(Draft* group) {
  kinds_.Publish(group->kinds());  // before the rows that use them can be read
  const absl::Status status = engine_->Commit(
      group->batch(), Planted(Fault::kAckBeforeSync) ? Durability::kBuffered : Durability::kSynced);
  if (!status.ok()) {
    broken_ = true;
    return absl::UnavailableError(
        fmt::format("the write may or may not be stored ({}): close the store and "
                    "open it again, then ask or retry",
                    std::string(status.message())));
  }
  counters_ = group->counters();
  Publish(*group);
  return absl::OkStatus();
}

void CommitPath::Publish(const Draft& group) {
  const std::vector<std::string> moved = scopes_.Publish(group.scopes());
  if (on_durable_) on_durable_(counters_.durable);
  std::lock_guard lock(listeners_mutex_);
  for (const std::string& scope : moved) {
    const uint64_t seq = group.scopes().find(scope)->second.head.seq;
    for (const auto& [token, listener] : listeners_) listener(scope, seq);
  }
}

}  // namespace trellis
