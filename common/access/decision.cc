#include "common/access/decision.h"

#include <fmt/format.h>

#include <algorithm>

namespace trellis {
namespace {

constexpr Decision Allowed() { return {true, {}}; }
Decision Denied(std::string reason) { return {false, std::move(reason)}; }

bool IsDistrictRole(Role role) {
  return role == Role::kDistrictAdmin || role == Role::kDistrictStaff || role == Role::kDistrictAnalyst;
}

bool Contains(const std::vector<Role>& roles, Role role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

// Whether a grant has anything to say in a scope. What stands only at the district is for the district's
// own roles; shared records are for everybody who was granted anything.
bool Reaches(const Grant& grant, const ScopeName& scope) {
  const bool whole_district = grant.site == kWholeDistrict;
  switch (scope.kind) {
    case ScopeName::Kind::kShared:
      return true;
    case ScopeName::Kind::kSite:
    case ScopeName::Kind::kSiteUp:
      return whole_district || grant.site == scope.site;
    case ScopeName::Kind::kSiteDistrict:
      return whole_district && IsDistrictRole(grant.role);
  }
  return false;
}

bool MayRead(const Grant& grant, const ScopeName& scope, const KindInfo& kind) {
  if (scope.kind == ScopeName::Kind::kSiteUp && !IsDistrictRole(grant.role)) return false;
  return grant.role == Role::kDistrictAdmin || kind.readers.empty() || Contains(kind.readers, grant.role);
}

bool MayWrite(const Grant& grant, const ScopeName& scope, const KindInfo& kind) {
  if (grant.role == Role::kDistrictAdmin) return true;
  const bool shared = scope.kind == ScopeName::Kind::kShared;
  return Contains(shared ? kind.shared_writers : kind.writers, grant.role);
}

bool MayAdminister(const Grant& grant, const ScopeName& scope) {
  if (grant.role == Role::kDistrictAdmin && grant.site == kWholeDistrict) return true;
  return scope.kind == ScopeName::Kind::kSite && grant.role == Role::kSiteLead;
}

// A report over `shared` is a report over the district.
bool MayReport(const Grant& grant, const ScopeName& scope) {
  return scope.kind != ScopeName::Kind::kShared || grant.site == kWholeDistrict;
}

bool IsWrite(Action action) {
  return action == Action::kCreate || action == Action::kUpdate || action == Action::kDelete ||
         action == Action::kResolve;
}

bool GrantAllows(const Grant& grant, Action action, const ScopeName& scope, const KindInfo* kind) {
  if (!Reaches(grant, scope)) return false;
  if (action == Action::kReport) return MayReport(grant, scope);
  if (action == Action::kAdminister) return MayAdminister(grant, scope);
  if (kind == nullptr) return false;
  return IsWrite(action) ? MayWrite(grant, scope, *kind)
                         : action == Action::kRead && MayRead(grant, scope, *kind);
}

// Otherwise a daemon in the wrong hands could send itself a role, or the district's records.
bool SitesMayWrite(const std::vector<Role>& writers) {
  return Contains(writers, Role::kSiteLead) || Contains(writers, Role::kSiteStaff);
}

Decision DecideSync(const Principal& principal, Action action, const ScopeName& scope, const KindInfo* kind) {
  if (principal.type != PrincipalType::kSite || !IsSiteName(principal.site)) {
    return Denied("only a site's daemon, known by its certificate, takes part in sync");
  }
  // A travelling coach's daemon holds the sites its account has a role at as well, but not what they send up
  // unread.
  const bool also = std::any_of(principal.grants.begin(), principal.grants.end(),
                                [&](const Grant& grant) { return grant.site == scope.site; });
  const bool own = scope.site == principal.site || (also && scope.kind == ScopeName::Kind::kSite);
  const bool push = action == Action::kSyncPush;
  switch (scope.kind) {
    case ScopeName::Kind::kShared:
      if (!push) return Allowed();
      if (kind != nullptr && SitesMayWrite(kind->shared_writers)) return Allowed();
      return Denied(fmt::format("shared records of kind {} are written at the district only",
                                kind != nullptr ? kind->name : "(unknown)"));
    case ScopeName::Kind::kSite:
      if (!own) return Denied(fmt::format("scope {} belongs to another site", scope.site));
      if (push && kind != nullptr && !SitesMayWrite(kind->writers)) {
        return Denied(fmt::format("{} records are written at the district only", kind->name));
      }
      return Allowed();
    case ScopeName::Kind::kSiteUp:
      return own && push ? Allowed() : Denied("what a site sends up is not read back by anybody's daemon");
    case ScopeName::Kind::kSiteDistrict:
      break;
  }
  return Denied("these records stand at the district and are never sent to a site");
}

std::string WhyDenied(const Principal& principal, Action action, const ScopeName& scope,
                      const KindInfo* kind) {
  const bool reached = std::any_of(principal.grants.begin(), principal.grants.end(),
                                   [&](const Grant& grant) { return Reaches(grant, scope); });
  if (!reached) {
    return fmt::format("{} has no role that reaches scope {}", principal.name, scope.ToString());
  }
  if (action == Action::kAdminister) {
    return fmt::format("administering {} wants a district admin{}", scope.ToString(),
                       scope.kind == ScopeName::Kind::kSite ? " or the site's lead" : "");
  }
  if (action == Action::kReport)
    return "a report over the whole district wants a role over the whole district";
  if (kind == nullptr) return "this program does not know the record's kind; a newer version may";
  return fmt::format("the roles of {} do not allow to {} {} records in scope {}", principal.name,
                     ActionName(action), kind->name, scope.ToString());
}

}  // namespace

Decision Decide(const Principal& principal, Action action, const ScopeName& scope, const KindInfo* kind) {
  if (action == Action::kSyncPush || action == Action::kSyncPull) {
    return DecideSync(principal, action, scope, kind);
  }
  if (principal.type == PrincipalType::kSite) {
    return Denied("a site's certificate is for sync; sign in, or use a token, for anything else");
  }
  if (IsWrite(action) && kind != nullptr && !HomeAllows(kind->home, scope.kind)) {
    return Denied(fmt::format("{} records do not stand in scope {}", kind->name, scope.ToString()));
  }
  if (principal.type == PrincipalType::kSystem) return Allowed();
  for (const Grant& grant : principal.grants) {
    if (GrantAllows(grant, action, scope, kind)) return Allowed();
  }
  return Denied(WhyDenied(principal, action, scope, kind));
}

Decision DecideOnRecord(const Principal& principal, Action action, const ScopeName& scope,
                        const KindInfo& kind, Relation relation) {
  Decision decision = Decide(principal, action, scope, &kind);
  const bool changes = action == Action::kUpdate || action == Action::kDelete || action == Action::kResolve;
  if (!decision.allowed || !changes || principal.type == PrincipalType::kSystem) return decision;
  const bool shared = scope.kind == ScopeName::Kind::kShared;
  for (const Grant& grant : principal.grants) {
    if (!GrantAllows(grant, action, scope, &kind)) continue;
    const bool site_role = grant.role == Role::kSiteLead || grant.role == Role::kSiteStaff;
    if (grant.role == Role::kSiteStaff && !relation.author && !relation.participant) continue;
    if (action == Action::kDelete && shared && site_role && !relation.author) continue;
    return Allowed();
  }
  return Denied(fmt::format("{} may {} only {} records that are theirs", principal.name, ActionName(action),
                            kind.name));
}

absl::Status Require(const Principal& principal, Action action, const ScopeName& scope,
                     const KindInfo* kind) {
  Decision decision = Decide(principal, action, scope, kind);
  return decision.allowed ? absl::OkStatus() : absl::PermissionDeniedError(decision.reason);
}

const char* ActionName(Action action) {
  switch (action) {
    case Action::kRead:
      return "read";
    case Action::kCreate:
      return "create";
    case Action::kUpdate:
      return "update";
    case Action::kDelete:
      return "delete";
    case Action::kResolve:
      return "resolve";
    case Action::kReport:
      return "report";
    case Action::kAdminister:
      return "administer";
    case Action::kSyncPush:
      return "push";
    case Action::kSyncPull:
      return "pull";
  }
  return "do that with";
}

}  // namespace trellis
