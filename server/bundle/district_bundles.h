// Takes in bundles at the district's server.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/bundle/district_end.h"
#include "common/bundle/seal.h"
#include "common/time/clock.h"
#include "server/ingest/site_gate.h"

namespace trellis {

// Thread-safe.
class DistrictBundles {
 public:
  // Taken in at once; a bundle and its receipt are held in memory.
  static constexpr int kMostAtOnce = 2;

  struct Options {
    std::string district;   // id
    SealKeys keys;          // bundles are sealed to them
    BundleSigner signer;    // the server's, for receipts
    std::string authority;  // PEM
  };
  // Pointers must outlive the object.
  DistrictBundles(Options options, Replica* replica, SiteGate* gate, const Clock* clock)
      : options_(std::move(options)), replica_(replica), gate_(gate), clock_(clock) {}

  struct Outcome {
    std::string site;
    AnsweredBundle answered;
  };
  // Blocks on the store. Statuses of ReadBundleFile and AnswerBundle; PERMISSION_DENIED: the machine is shut
  // out; RESOURCE_EXHAUSTED: others are being taken in, come back.
  absl::StatusOr<Outcome> Import(std::string_view file);

 private:
  absl::StatusOr<Outcome> ImportNow(std::string_view file);

  const Options options_;
  Replica* const replica_;
  SiteGate* const gate_;
  const Clock* const clock_;
  std::atomic<int> under_way_ = 0;
};

}  // namespace trellis
