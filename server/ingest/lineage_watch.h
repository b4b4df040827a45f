// Notices that two stores share a past: one was copied, or went back to an old image. Both go on working (no
// id is used twice, since every opening mints its own), but people should know.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/causal/lineage.h"

namespace trellis {

// Thread-safe. Remembers since the program started.
class LineageWatch {
 public:
  // Openings remembered of one peer at most; the lowest numbers go first, which is as good as any (they are
  // random).
  static constexpr size_t kMaxOpenings = 4'096;

  // False if some opening in `rows` is followed by another than it was in an earlier lineage of the peer.
  bool Continues(const std::string& peer, const std::vector<LineageRow>& rows);

 private:
  std::mutex mutex_;
  std::map<std::string, std::map<Epoch, Epoch>> next_;  // by peer: opening -> the one after it
};

}  // namespace trellis
