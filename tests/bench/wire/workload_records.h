// The records of a workload folder (responses.jsonl, pl.jsonl; one JSON object a line) as the deltas a site
// would send: each one write of the site's writer, in the order of time.
#pragma once

#include <string>
#include <vector>

#include "common/causal/record_state.h"
#include "common/wire/frame_body.h"

namespace trellis {

struct SiteRecords {
  std::string site;
  std::vector<Delta> responses;
  std::vector<Delta> participations;
};

// The workload's first `sites` sites.
std::vector<SiteRecords> ReadWorkload(const std::string& folder, size_t sites, const HashKey& key);

}  // namespace trellis
