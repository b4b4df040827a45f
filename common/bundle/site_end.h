// The site's end of bundles: exports what the district lacks, takes in its receipts.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/bundle/bundle_file.h"
#include "common/bundle/frames_in.h"
#include "common/bundle/frames_out.h"
#include "common/exchange/exchange.h"

namespace trellis {

struct SiteEndOptions {
  Replica* replica = nullptr;
  const Clock* clock = nullptr;
  ExchangeConfig exchange;  // as of a session with the district
  std::string district;     // id
  std::string site;         // scope name
  SealKeys own_keys;        // receipts are sealed to them
  std::string district_public_key;
  std::string district_uri;  // what the certificate of the district's server says
  BundleSigner signer;
  std::string authority;  // PEM
};

struct ExportedBundle {
  std::string file;
  size_t records = 0;
  bool more = false;  // it was full; the rest goes into the next, once this one's receipt is here
};

struct TakenReceipt {
  FramesTaken taken;
  size_t acknowledged = 0;                // frames the district stored
  std::vector<SetAsideNotice> set_aside;  // at the district
  std::vector<std::string> notices;       // from it
};

// Thread-safe; blocks on the store's disk.
class SiteEnd {
 public:
  // Pointers must outlive the object.
  explicit SiteEnd(SiteEndOptions options) : options_(std::move(options)) {}

  // From what the district last acknowledged, by a receipt or in a session, up to the present. Writes nothing
  // but the lineage; a bundle that is lost is simply made again.
  absl::StatusOr<ExportedBundle> Export(size_t most_bytes = kMostBundleBytes);

  // Whether the district said, in a session or by a receipt, that it holds the lane of the scope's feed up to
  // `seq`.
  absl::StatusOr<bool> Acknowledged(const std::string& scope, Lane lane, uint64_t seq) const;

  // Statuses of ReadBundleFile and FramesIn::Take.
  absl::StatusOr<TakenReceipt> Import(std::string_view file);

 private:
  // What the last receipt told, beside what sessions had noted then.
  struct Told {
    Welcome welcome;
    std::vector<std::vector<LaneCursor>> remembered;  // by scope of the exchange
  };
  absl::StatusOr<Told> LoadTold() const;
  absl::Status KeepTold(const Welcome& welcome);
  // REQUIRES: mutex_ is held.
  // Which of the two is the newer word on how far the district is.
  absl::StatusOr<std::vector<LaneCursor>> HeldByDistrict(const Told& told, size_t scope_index) const;

  const SiteEndOptions options_;
  mutable std::mutex mutex_;  // one export or import at a time
};

}  // namespace trellis
