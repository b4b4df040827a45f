#include "tests/simulation/world/situations.h"

#include <iterator>

namespace trellis::simulation {
namespace {

// In the order of the situations.
constexpr const char* kNames[] = {
    "records written",
    "batches of several records",
    "deletes",
    "records restored",
    "erasures",
    "records moved away",
    "set elements written",
    "values taken out",
    "records that got their id from the store",
    "requests made again",
    "survey responses",
    "writes refused for an open conflict",
    "commits of unknown outcome, stored",
    "commits of unknown outcome, not stored",
    "crashes",
    "stores reopened",
    "sites restored from an image",
    "server restored from an image",
    "sites cloned",
    "stores found behind their anchor, and rescued",
    "programs replaced by older or newer ones",
    "clocks jumped",
    "stores overlooked, as if a cursor had lied",
    "disks full",
    "connections",
    "cuts",
    "cuts with frames unacknowledged",
    "acknowledgements lost after the commit",
    "messages of a cut connection delivered late",
    "two sessions of one store at once",
    "frames",
    "frames that travelled with Hello",
    "frames nacked",
    "records set aside",
    "frames put off, disk full",
    "openings by comparison",
    "narrowings",
    "repairs",
    "cells with concurrent values at the end",
    "edits that beat a delete at the end",
    "records erased at the end",
    "edits kept of records moved away unknown to their author",
    "messages of a hostile site",
    "report columns compared with a recomputation",
    "bytes sent again after a cut",
};
static_assert(std::size(kNames) == static_cast<size_t>(Situation::kCount));

}  // namespace

const char* NameOf(Situation situation) { return kNames[static_cast<size_t>(situation)]; }

std::vector<Situation> NeverMet(const Situations& met) {
  std::vector<Situation> never;
  for (size_t i = 0; i < met.counts.size(); ++i) {
    if (met.counts[i] == 0) never.push_back(static_cast<Situation>(i));
  }
  return never;
}

}  // namespace trellis::simulation
