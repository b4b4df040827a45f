// The one decision function: may this principal do this, in this scope, with this kind of record? Called in
// every handler, and again where a record meets the wire. Whatever is not allowed here is denied.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "common/access/principal.h"
#include "common/record/kind_info.h"
#include "common/record/scope.h"

namespace trellis {

enum class Action : uint8_t {
  kRead,
  kCreate,
  kUpdate,
  kDelete,
  kResolve,     // settle a conflict
  kReport,      // numbers computed from the scope's records
  kAdminister,  // a site: its sync; the district (scope shared): sites, people, tokens
  kSyncPush,    // a site's daemon sends a record
  kSyncPull,    // a site's daemon receives a record
};

struct Decision {
  bool allowed = false;
  std::string reason;  // why not, and who could; empty if allowed
};

// `kind` is null for kReport and kAdminister, and for a kind this program does not know: such records travel
// within a site's own scope, and nobody reads or writes them here.
Decision Decide(const Principal& principal, Action action, const ScopeName& scope, const KindInfo* kind);

// The same once the record is at hand. Beyond Decide: site staff change, delete and settle only what they
// wrote or are named in; a shared record is deleted by its author or the district. Other actions: as Decide.
Decision DecideOnRecord(const Principal& principal, Action action, const ScopeName& scope,
                        const KindInfo& kind, Relation relation);

// OK, or PERMISSION_DENIED with the reason.
absl::Status Require(const Principal& principal, Action action, const ScopeName& scope, const KindInfo* kind);

const char* ActionName(Action action);

}  // namespace trellis
