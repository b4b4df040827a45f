#include "common/service/record_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "common/record/cell_policy.h"
#include "common/rpc/error_reason.h"

namespace trellis {
namespace {

constexpr char kTokenKeyMeta[] = "service/token_key";

}  // namespace

absl::StatusOr<HashKey> LoadTokenKey(Replica* replica, Random* random) {
  absl::StatusOr<std::optional<std::string>> kept = replica->GetMeta(kTokenKeyMeta);
  if (!kept.ok()) return kept.status();
  HashKey key{};
  if (kept->has_value() && (*kept)->size() == key.size()) {
    std::memcpy(key.data(), (*kept)->data(), key.size());
    return key;
  }
  const uint64_t words[2] = {random->Next(), random->Next()};
  std::memcpy(key.data(), words, key.size());
  const std::string_view bytes(reinterpret_cast<const char*>(key.data()), key.size());
  if (absl::Status status = replica->PutMeta(kTokenKeyMeta, bytes); !status.ok()) return status;
  return key;
}

std::string ActorOf(const RecordStore& store, const Principal& principal) {
  return store.at_district() ? kDistrictActorPrefix + principal.account : principal.account;
}

bool IsActor(const Principal& principal, std::string_view actor) {
  if (principal.account.empty()) return false;
  constexpr std::string_view kPrefix = kDistrictActorPrefix;
  if (actor.substr(0, kPrefix.size()) == kPrefix) actor.remove_prefix(kPrefix.size());
  return actor == principal.account;
}

absl::Status RequireAccess(const Principal& principal, Action action, const ScopeName& scope,
                           const KindInfo* kind) {
  const Decision decision = Decide(principal, action, scope, kind);
  return decision.allowed ? absl::OkStatus() : ErrorWithReason(reason::kAccessDenied, decision.reason);
}

absl::Status RequireAccessToRecord(const Principal& principal, Action action, const ScopeName& scope,
                                   const KindInfo& kind, Relation relation) {
  const Decision decision = DecideOnRecord(principal, action, scope, kind, relation);
  return decision.allowed ? absl::OkStatus() : ErrorWithReason(reason::kAccessDenied, decision.reason);
}

absl::StatusOr<const KindInfo*> FindKind(const RecordStore& store, std::string_view kind) {
  const KindInfo* found = store.kinds->Find(kind);
  if (found != nullptr) return found;
  return ErrorWithReason(
      reason::kKindUnknown,
      kind.empty() ? "Name the kind of the record"
                   : fmt::format("There is no kind {}; `trellis records describe` lists the kinds", kind));
}

absl::StatusOr<ScopeName> KnownScope(const RecordStore& store, std::string_view scope) {
  if (scope.empty()) {
    if (!store.at_district()) return ScopeOfHome(Home::kSite, store.own_site);
    return ErrorWithReason(reason::kScopeRequired, "Name the scope: shared, or a site");
  }
  const std::optional<ScopeName> name = ScopeName::Parse(scope);
  if (!name) {
    return ErrorWithReason(
        reason::kScopeUnknown,
        fmt::format("{} is no scope; a scope is shared, a site's name, or that with !up or "
                    "!district",
                    scope));
  }
  if (name->kind == ScopeName::Kind::kShared || name->site == store.own_site) return *name;
  absl::StatusOr<std::vector<std::string>> known = store.replica->Scopes();
  if (!known.ok()) return known.status();
  if (std::binary_search(known->begin(), known->end(), name->site)) return *name;
  return ErrorWithReason(reason::kScopeUnknown,
                         store.at_district()
                             ? fmt::format("There is no site {}; `trellis sites list` names them", name->site)
                             : fmt::format("This daemon does not hold the records of {}", name->site));
}

absl::StatusOr<ScopeName> ChooseScope(const RecordStore& store, const KindInfo& kind,
                                      std::string_view scope) {
  if (scope.empty() && kind.home == Home::kShared) return ScopeName{};
  if (scope.empty() && store.at_district()) {
    return ErrorWithReason(
        reason::kScopeRequired,
        fmt::format("{} records stand in a site's scope: name it (--scope SITE)", kind.name));
  }
  if (scope.empty()) return ScopeOfHome(kind.home, store.own_site);
  absl::StatusOr<ScopeName> name = KnownScope(store, scope);
  if (!name.ok()) return name;
  if (HomeAllows(kind.home, name->kind)) return name;
  // A kind that stands beside the site's records is asked for by the site's name.
  if (name->kind == ScopeName::Kind::kSite) {
    const ScopeName home = ScopeOfHome(kind.home, name->site);
    if (HomeAllows(kind.home, home.kind)) return home;
  }
  return ErrorWithReason(reason::kScopeUnknown,
                         fmt::format("{} records do not stand in {}", kind.name, name->ToString()));
}

absl::StatusOr<std::vector<ScopeName>> ScopesToSearch(const RecordStore& store, const KindInfo& kind,
                                                      std::string_view scope) {
  absl::StatusOr<ScopeName> chosen = ChooseScope(store, kind, scope);
  if (!chosen.ok()) return chosen.status();
  std::vector<ScopeName> scopes{*chosen};
  if (scope.empty() && kind.home == Home::kShared && !store.at_district()) {
    scopes.push_back(ScopeOfHome(Home::kSite, store.own_site));
  }
  return scopes;
}

}  // namespace trellis
