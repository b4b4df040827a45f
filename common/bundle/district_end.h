// The district's end of bundles: takes in what a site sent, and answers with a receipt.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "common/bundle/bundle_file.h"
#include "common/bundle/frames_in.h"
#include "common/exchange/exchange.h"

namespace trellis {

struct AnsweredBundle {
  std::string receipt;  // the file
  FramesTaken taken;
  size_t records_down = 0;
  bool more = false;                    // the receipt was full; what is left comes with the next
  std::vector<ScopeProgress> progress;  // how far the site's scopes are held now
};

// `opened` has passed ReadBundleFile, and its certificate is one of `exchange`'s site, which was admitted.
// Blocks on the store's disk. Statuses of FramesIn::Take; PERMISSION_DENIED: it is for another district or
// site.
absl::StatusOr<AnsweredBundle> AnswerBundle(Replica* replica, const Clock* clock,
                                            const ExchangeConfig& exchange, const std::string& district,
                                            const std::string& site, const BundleSigner& signer,
                                            const OpenedBundle& opened);

}  // namespace trellis
