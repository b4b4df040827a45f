#include "common/service/follower/report_follower.h"

#include <optional>
#include <string_view>
#include <vector>

#include "common/merge/show.h"

namespace trellis {

absl::Status ReportFollower::FollowScope(const std::string& scope) {
  uint64_t& seq = followed_[scope];
  const KindInfo* kind = nullptr;
  const PolicyOfField policy_of = [&kind](uint32_t field) {
    return kind == nullptr ? CellPolicy::kRegister : kind->PolicyOf(field);
  };
  return replica_->ScanFeed(scope, seq, [&](uint64_t entry, const RecordId& id, const StoredRecord& stored) {
    seq = entry;
    kind = kinds_->Find(stored.state.kind);
    if (kind == nullptr) return true;
    const ShownRecord shown = Show(stored.state, policy_of);
    const bool live = IsLive(shown.presence);
    // A record that cannot be read counts in no report; whoever opens it is told why.
    (void)view_.Apply(scope, id, stored.state.kind,
                      live ? std::optional<std::string_view>(shown.message) : std::nullopt);
    return true;
  });
}

absl::Status ReportFollower::CatchUp() {
  const absl::StatusOr<std::vector<std::string>> scopes = replica_->Scopes();
  if (!scopes.ok()) return scopes.status();
  for (const std::string& scope : *scopes) {
    const absl::StatusOr<ScopeHead> head = replica_->Head(scope);
    if (!head.ok()) return head.status();
    if (head->seq == followed_[scope]) continue;
    if (absl::Status status = FollowScope(scope); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace trellis
