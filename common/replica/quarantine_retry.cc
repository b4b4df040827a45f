#include "common/replica/quarantine_retry.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace trellis {

QuarantineRetry::QuarantineRetry(Replica* replica, const Clock* clock, OptionsOfPeer options_of)
    : replica_(replica), clock_(clock), options_of_(std::move(options_of)) {
  listener_ = replica_->AddListener([this](std::string_view scope, uint64_t) {
    std::lock_guard lock(mutex_);
    changed_.insert(std::string(scope));
  });
}

QuarantineRetry::~QuarantineRetry() { replica_->RemoveListener(listener_); }

std::optional<std::set<std::string>> QuarantineRetry::TakeChanged() {
  if (std::exchange(begun_, true)) {
    std::lock_guard lock(mutex_);
    if (changed_.empty()) return std::nullopt;
    return std::exchange(changed_, {});
  }
  const absl::StatusOr<std::vector<std::string>> all = replica_->Scopes();
  if (!all.ok()) return std::nullopt;
  return std::set<std::string>(all->begin(), all->end());
}

std::optional<RetryOutcome> QuarantineRetry::Tick() {
  const int64_t now_ms = clock_->SteadyMs();
  if (begun_ && now_ms < next_ms_) return std::nullopt;
  const std::optional<std::set<std::string>> scopes = TakeChanged();
  if (!scopes.has_value()) return std::nullopt;
  const absl::StatusOr<RetryOutcome> outcome =
      RetryQuarantine(replica_, {scopes->begin(), scopes->end()}, std::nullopt, options_of_);
  // A store that cannot be written to now is tried again like one that took nothing.
  const size_t tried = outcome.ok() ? outcome->tried : 1;
  const size_t taken = outcome.ok() ? outcome->taken : 0;
  wait_ms_ = tried == taken ? kLeastMs : std::min(2 * wait_ms_, kMostMs);
  next_ms_ = now_ms + wait_ms_;
  if (!outcome.ok()) {
    std::lock_guard lock(mutex_);
    changed_.insert(scopes->begin(), scopes->end());
    return std::nullopt;
  }
  return tried > 0 ? std::optional<RetryOutcome>(*outcome) : std::nullopt;
}

}  // namespace trellis
