#include "common/replica/quarantine.h"

#include <set>
#include <utility>

namespace trellis {

absl::StatusOr<RetryOutcome> RetryQuarantine(Replica* replica, const std::vector<std::string>& scopes,
                                             const std::optional<RecordId>& id,
                                             const OptionsOfPeer& options_of) {
  RetryOutcome outcome;
  for (const std::string& scope : scopes) {
    const absl::StatusOr<std::vector<SetAsideItem>> items = replica->SetAsideItems(scope);
    if (!items.ok()) return items.status();
    std::set<std::pair<RecordId, std::string>> once;
    for (const SetAsideItem& item : *items) {
      const bool asked = !id.has_value() || item.delta.id == *id;
      if (!asked || !item.frame.empty() || !once.emplace(item.delta.id, item.peer).second) continue;
      ApplyOptions options = options_of(item.peer);
      options.peer = item.peer;
      const absl::StatusOr<ApplyOutcome> retried = replica->RetrySetAside(scope, item.delta.id, options);
      // One before it may have brought this one along.
      if (!retried.ok() && !absl::IsNotFound(retried.status())) return retried.status();
      ++outcome.tried;
      if (!retried.ok() || (retried->set_aside.empty() && retried->nacks.empty())) ++outcome.taken;
    }
  }
  return outcome;
}

std::string CauseWord(SetAsideCause cause) {
  switch (cause) {
    case SetAsideCause::kRefused:
      return "refused";
    case SetAsideCause::kMalformed:
      return "malformed";
    case SetAsideCause::kTooMany:
      return "too many values";
    case SetAsideCause::kOtherKind:
      return "another kind";
    case SetAsideCause::kCollision:
      return "one write, two contents";
    case SetAsideCause::kForged:
      return "forged";
    case SetAsideCause::kNewerSchema:
      return "newer schema";
    case SetAsideCause::kUnreadable:
      return "unreadable frame";
  }
  return "unknown";
}

}  // namespace trellis
