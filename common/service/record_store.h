// What the use cases of records stand on: the replica, the kinds, and which side this is. Value type; what it
// points to outlives it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/access/decision.h"
#include "common/access/principal.h"
#include "common/record/kind_registry.h"
#include "common/record/scope.h"
#include "common/replica/replica.h"
#include "common/time/clock.h"
#include "common/time/random.h"

namespace trellis {

struct RecordStore {
  Replica* replica = nullptr;
  const KindRegistry* kinds = nullptr;
  const Clock* clock = nullptr;
  // The daemon's site, the first where it holds several; empty at the district's server.
  std::string own_site;
  HashKey district_key{};
  // Seals page and resume tokens (LoadTokenKey). Secret of the store.
  HashKey token_key{};

  bool at_district() const { return own_site.empty(); }
};

// Made at first use and kept in the store, so that tokens outlive a restart.
absl::StatusOr<HashKey> LoadTokenKey(Replica* replica, Random* random);

// What is written as the actor: the account, marked where it writes at the district.
std::string ActorOf(const RecordStore& store, const Principal& principal);
// Whether `actor`, as written anywhere, is this principal.
bool IsActor(const Principal& principal, std::string_view actor);

// OK, or PERMISSION_DENIED with ACCESS_DENIED.
absl::Status RequireAccess(const Principal& principal, Action action, const ScopeName& scope,
                           const KindInfo* kind);
absl::Status RequireAccessToRecord(const Principal& principal, Action action, const ScopeName& scope,
                                   const KindInfo& kind, Relation relation);

// INVALID_ARGUMENT with KIND_UNKNOWN.
absl::StatusOr<const KindInfo*> FindKind(const RecordStore& store, std::string_view kind);

// Where a record of the kind stands when `scope` is asked for: that one if records of the kind may stand
// there and the scope is known; if empty, the kind's home, at a daemon in its own site. INVALID_ARGUMENT with
// SCOPE_REQUIRED or SCOPE_UNKNOWN otherwise.
absl::StatusOr<ScopeName> ChooseScope(const RecordStore& store, const KindInfo& kind, std::string_view scope);
// Where to look for a record of the kind called by id or code: the chosen scope; when none is asked for at a
// daemon, its own site as well.
absl::StatusOr<std::vector<ScopeName>> ScopesToSearch(const RecordStore& store, const KindInfo& kind,
                                                      std::string_view scope);
// The same without a kind: shared, or that of the daemon.
absl::StatusOr<ScopeName> KnownScope(const RecordStore& store, std::string_view scope);

}  // namespace trellis
