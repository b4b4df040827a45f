#include "common/session/opening.h"

#include <algorithm>

#include "common/time/planted.h"
#include "fmt/format.h"

namespace trellis::session {

namespace {

// The last seq that belongs to the i-th epoch of the sender's timeline.
uint64_t EndOfEpoch(const ScopeOpening& sender, size_t i) {
  return i + 1 < sender.lineage.size() ? sender.lineage[i + 1].first_seq - 1 : sender.head;
}

// Whether cursors of the epoch say nothing about this timeline of the sender. It was rewound below what the
// receiver has seen: a record that now stands again at a place some cursor has passed had moved to a later
// place in the timeline that was cut off, perhaps one that never arrived. Unless all lanes were at one head:
// then the receiver holds all that came before it, wherever it stood.
bool Rewound(const ScopeOpening& sender, size_t i, const std::vector<LaneCursor>& receiver_cursors) {
  size_t at_head = 0;
  bool seen_beyond = false;
  for (const LaneCursor& cursor : receiver_cursors) {
    if (cursor.epoch != sender.lineage[i].epoch) continue;
    if (cursor.seen > EndOfEpoch(sender, i)) seen_beyond = true;
    if (cursor.seq == cursor.seen) ++at_head;
  }
  return seen_beyond && at_head < kLanes && !Planted(Fault::kSeenIgnored);
}

}  // namespace

ResumePoints FindResumePoints(const ScopeOpening& sender, const std::vector<LaneCursor>& receiver_cursors) {
  ResumePoints points;
  for (uint8_t lane = 0; lane < kLanes; ++lane) {
    for (size_t i = sender.lineage.size(); i-- > 0;) {
      const Epoch epoch = sender.lineage[i].epoch;
      const auto cursor =
          std::find_if(receiver_cursors.begin(), receiver_cursors.end(),
                       [&](const LaneCursor& c) { return c.epoch == epoch && c.lane == lane; });
      if (cursor == receiver_cursors.end() || Rewound(sender, i, receiver_cursors)) continue;
      const uint64_t end = Planted(Fault::kCursorNotCutAtLineage) ? UINT64_MAX : EndOfEpoch(sender, i);
      points.lane[lane] = std::min(cursor->seq, end);
      points.known = true;
      break;
    }
  }
  return points;
}

bool ComparesFirst(const ScopeOpening& sender, const ScopeOpening& receiver) {
  if (sender.head == 0 || receiver.head == 0) return false;
  return !FindResumePoints(sender, receiver.cursors).known;
}

std::optional<std::string> ProblemOf(const ScopeOpening& opening) {
  if (opening.lineage.empty()) return fmt::format("scope {} was opened without a lineage", opening.scope);
  if (opening.lineage.size() > kLineageRowsTold) {
    return fmt::format("scope {} was opened with {} lineage rows, {} are allowed", opening.scope,
                       opening.lineage.size(), kLineageRowsTold);
  }
  for (size_t i = 0; i < opening.lineage.size(); ++i) {
    const LineageRow& row = opening.lineage[i];
    if (row.epoch == 0 || row.first_seq == 0 || (i > 0 && row.first_seq < opening.lineage[i - 1].first_seq)) {
      return fmt::format("the lineage of scope {} is out of order", opening.scope);
    }
  }
  return std::nullopt;
}

}  // namespace trellis::session
