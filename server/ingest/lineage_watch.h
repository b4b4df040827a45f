// Notices that two stores share a past: one was copied, or went back to an old image. Both go on working (no
// id is used twice, since every opening mints its own), but people should know.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/causal/lineage.h"

namespace trellis {

// Thread-safe. What it remembers is kept by its owner: restored before the first question about a peer, saved
// when it has changed.
class LineageWatch {
 public:
  // Openings remembered of one peer at most; the lowest numbers go first, which is as good as any (they are
  // random).
  static constexpr size_t kMaxOpenings = 1'024;

  // False if some opening in `rows` is followed by another than it was in an earlier lineage of the peer, or
  // ends before what was already seen of it (`seen`: opening -> highest change). Each time is told once.
  bool Continues(const std::string& peer, const std::vector<LineageRow>& rows,
                 const std::map<Epoch, uint64_t>& seen);

  bool Remembers(const std::string& peer) const;
  // What TakeUnsaved once gave; bytes that are not are taken as nothing.
  void Restore(const std::string& peer, std::string_view saved);
  // What is to be kept of the peer; nullopt if that has not changed since it was last taken.
  std::optional<std::string> TakeUnsaved(const std::string& peer);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::map<Epoch, Epoch>> next_;  // by peer: opening -> the one after it
  std::set<std::string> unsaved_;
};

}  // namespace trellis
