// Taking again what was set aside: by hand, and at each start, because what was missing may have come with a
// newer program, a restored key or a later record.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/replica/replica.h"

namespace trellis {

// How what came from a peer is taken.
using OptionsOfPeer = std::function<ApplyOptions(const std::string& peer)>;

struct RetryOutcome {
  size_t tried = 0;  // records, once for each peer they came from
  size_t taken = 0;  // of them, no longer set aside
};

// Every record set aside in the scopes, or only `id`. Frames kept as they came are not tried: what is in them
// comes by repair. An item held for a person (one write, two contents) stays whatever comes of it.
absl::StatusOr<RetryOutcome> RetryQuarantine(Replica* replica, const std::vector<std::string>& scopes,
                                             const std::optional<RecordId>& id,
                                             const OptionsOfPeer& options_of);

// A word for people and JSON: "forged", "newer schema" …
std::string CauseWord(SetAsideCause cause);

}  // namespace trellis
