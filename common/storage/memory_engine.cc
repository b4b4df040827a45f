#include "common/storage/memory_engine.h"

#include <iterator>
#include <utility>

namespace trellis {
namespace {

constexpr char kBroken[] = "the store refused an earlier write; close it and open it again";

class MemoryView final : public ReadView {
 public:
  explicit MemoryView(std::shared_ptr<const MemoryEngine::Map> content) : content_(std::move(content)) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    const auto it = content_->find(key);
    if (it == content_->end()) return std::optional<std::string>();
    return std::optional<std::string>(it->second);
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const std::vector<std::string>& keys) const override {
    std::vector<std::optional<std::string>> values(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      if (const auto it = content_->find(keys[i]); it != content_->end()) values[i] = it->second;
    }
    return values;
  }

  absl::Status Scan(std::string_view begin, std::string_view end, bool reverse,
                    const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    if (!end.empty() && end <= begin) return absl::OkStatus();
    const auto first = content_->lower_bound(begin);
    const auto last = end.empty() ? content_->end() : content_->lower_bound(end);
    if (reverse) {
      for (auto it = last; it != first;) {
        --it;
        if (!visit(it->first, it->second)) break;
      }
    } else {
      for (auto it = first; it != last && visit(it->first, it->second); ++it) {
      }
    }
    return absl::OkStatus();
  }

 private:
  std::shared_ptr<const MemoryEngine::Map> content_;
};

}  // namespace

std::unique_ptr<const ReadView> MemoryEngine::Snapshot() const {
  std::lock_guard lock(mutex_);
  return std::make_unique<MemoryView>(content_);
}

absl::Status MemoryEngine::Commit(const WriteBatch& batch, Durability durability) {
  std::lock_guard lock(mutex_);
  if (broken_) {
    return absl::UnavailableError(kBroken);
  }
  if (next_failure_.has_value() && next_failure_->after-- == 0) {
    const Failure failure = *std::exchange(next_failure_, std::nullopt);
    broken_ = true;
    if (failure.applied) in_doubt_ = batch;
    return absl::Status(failure.code, "injected failure of a commit");
  }
  if (durability == Durability::kSynced) {
    ApplyLocked(batch, nullptr);
    unsynced_.clear();
  } else {
    ApplyLocked(batch, &unsynced_);
  }
  return absl::OkStatus();
}

absl::Status MemoryEngine::Checkpoint(const std::string& folder) {
  return absl::UnimplementedError("a store in memory has no checkpoint");
}

absl::Status MemoryEngine::CheckRoom(Room need) const {
  std::lock_guard lock(mutex_);
  return full_ && need == Room::kWork ? absl::ResourceExhaustedError("the disk is full: free some space")
                                      : absl::OkStatus();
}

absl::Status MemoryEngine::Broken() const {
  std::lock_guard lock(mutex_);
  return broken_ ? absl::UnavailableError(kBroken) : absl::OkStatus();
}

MemoryEngine::Image MemoryEngine::TakeImage() const {
  std::lock_guard lock(mutex_);
  return {content_};
}

void MemoryEngine::Crash() {
  std::lock_guard lock(mutex_);
  DetachLocked();
  for (auto undo = unsynced_.rbegin(); undo != unsynced_.rend(); ++undo) {
    if (undo->before.has_value()) {
      (*content_)[undo->key] = std::move(*undo->before);
    } else {
      content_->erase(undo->key);
    }
  }
  unsynced_.clear();
  SettleFailureLocked();
}

void MemoryEngine::Reopen() {
  std::lock_guard lock(mutex_);
  SettleFailureLocked();
}

void MemoryEngine::FailNextCommit(bool applied, absl::StatusCode code, int after) {
  std::lock_guard lock(mutex_);
  next_failure_ = Failure{applied, code, after};
}

void MemoryEngine::SetFull(bool full) {
  std::lock_guard lock(mutex_);
  full_ = full;
}

size_t MemoryEngine::size() const {
  std::lock_guard lock(mutex_);
  return content_->size();
}

void MemoryEngine::DetachLocked() {
  if (content_.use_count() > 1) content_ = std::make_shared<Map>(*content_);
}

void MemoryEngine::ApplyLocked(const WriteBatch& batch, std::vector<Undo>* undo) {
  DetachLocked();
  for (const WriteBatch::Operation& operation : batch.operations()) {
    const auto it = content_->find(operation.key);
    if (undo != nullptr) {
      undo->push_back({operation.key, it != content_->end() ? std::optional(it->second) : std::nullopt});
    }
    if (operation.is_put) {
      if (it != content_->end()) {
        it->second = operation.value;
      } else {
        content_->emplace(operation.key, operation.value);
      }
    } else if (it != content_->end()) {
      content_->erase(it);
    }
  }
}

void MemoryEngine::SettleFailureLocked() {
  broken_ = false;
  next_failure_.reset();
  if (!in_doubt_.has_value()) return;
  ApplyLocked(*std::exchange(in_doubt_, std::nullopt), nullptr);
  unsynced_.clear();
}

}  // namespace trellis
