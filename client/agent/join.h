// Joining a district with a one-time code.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/agent/membership.h"
#include "common/time/clock.h"

namespace trellis {

// Asks the listener the code names for a certificate and saves the membership. A second call with the same
// code finishes what a cut call began. `proxy_option`: as ChooseProxy takes it. FAILED_PRECONDITION if the
// folder belongs to another district or site.
absl::StatusOr<Membership> JoinDistrict(const std::string& keys_folder, const std::string& sync_server,
                                        std::string_view code_line, const Clock& clock,
                                        std::string_view proxy_option = "");

}  // namespace trellis
