// What both ends answer about their store: digests, and what was set aside.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/access/principal.h"
#include "common/replica/quarantine.h"
#include "common/replica/replica.h"
#include "trellis/admin/v1/admin.pb.h"

namespace trellis {

// `scope` empty: every scope the principal may look into, in order. PERMISSION_DENIED or NOT_FOUND for a
// scope asked for by name.
absl::Status ListDigests(const Replica& replica, const Principal& principal, const std::string& scope,
                         trellis::admin::v1::GetDigestResponse* response);
absl::Status ListSetAsides(const Replica& replica, const Principal& principal, const std::string& scope,
                           trellis::admin::v1::ListSetAsideResponse* response);
// For who administers the scope: contents are shown, the store is changed.
absl::Status RetrySetAsides(Replica* replica, const Principal& principal, const OptionsOfPeer& options_of,
                            const trellis::admin::v1::RetrySetAsideRequest& request,
                            trellis::admin::v1::RetrySetAsideResponse* response);
absl::Status ExportSetAsides(const Replica& replica, const Principal& principal, const std::string& scope,
                             trellis::admin::v1::ExportSetAsideResponse* response);

}  // namespace trellis
