#include "common/rpc/store_inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "common/access/decision.h"

namespace trellis {
namespace {

// Counts and ids, no contents: whoever may have a scope's numbers; the shared scope's, whoever has any role.
bool MayInspect(const Principal& principal, const ScopeName& scope) {
  if (scope.kind == ScopeName::Kind::kShared && !principal.grants.empty()) return true;
  return Decide(principal, Action::kReport, scope, nullptr).allowed;
}

absl::StatusOr<std::vector<std::string>> ScopesFor(const Replica& replica, const Principal& principal,
                                                   const std::string& asked) {
  absl::StatusOr<std::vector<std::string>> scopes = replica.Scopes();
  if (!scopes.ok()) return scopes.status();
  if (asked.empty()) {
    std::erase_if(*scopes, [&](const std::string& scope) {
      const std::optional<ScopeName> name = ScopeName::Parse(scope);
      return !name.has_value() || !MayInspect(principal, *name);
    });
    return scopes;
  }
  const std::optional<ScopeName> name = ScopeName::Parse(asked);
  if (!name.has_value())
    return absl::InvalidArgumentError(fmt::format("{} is not the name of a scope", asked));
  if (!MayInspect(principal, *name)) {
    return absl::PermissionDeniedError(
        fmt::format("{} has no role that reaches scope {}", principal.name, asked));
  }
  if (std::find(scopes->begin(), scopes->end(), asked) == scopes->end()) {
    return absl::NotFoundError(fmt::format("there is no scope {} here", asked));
  }
  return std::vector<std::string>{asked};
}

}  // namespace

absl::Status ListDigests(const Replica& replica, const Principal& principal, const std::string& scope,
                         trellis::admin::v1::GetDigestResponse* response) {
  absl::StatusOr<std::vector<std::string>> scopes = ScopesFor(replica, principal, scope);
  if (!scopes.ok()) return scopes.status();
  for (const std::string& each : *scopes) {
    absl::StatusOr<ScopeHead> head = replica.Head(each);
    if (!head.ok()) return head.status();
    absl::StatusOr<std::vector<SetAside>> set_aside = replica.SetAsides(each);
    if (!set_aside.ok()) return set_aside.status();
    auto* row = response->add_scopes();
    row->set_scope(each);
    row->set_records(head->records);
    row->set_digest(head->digest.ToHex());
    row->set_set_aside(set_aside->size());
  }
  return absl::OkStatus();
}

absl::Status ListSetAsides(const Replica& replica, const Principal& principal, const std::string& scope,
                           trellis::admin::v1::ListSetAsideResponse* response) {
  absl::StatusOr<std::vector<std::string>> scopes = ScopesFor(replica, principal, scope);
  if (!scopes.ok()) return scopes.status();
  for (const std::string& each : *scopes) {
    absl::StatusOr<std::vector<SetAside>> set_aside = replica.SetAsides(each);
    if (!set_aside.ok()) return set_aside.status();
    for (const SetAside& item : *set_aside) {
      auto* row = response->add_records();
      row->set_scope(each);
      row->set_id(item.id.ToString());
      row->set_reason(item.reason);
    }
  }
  return absl::OkStatus();
}

}  // namespace trellis
