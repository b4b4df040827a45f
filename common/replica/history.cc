#include "common/replica/history.h"

#include <algorithm>

namespace trellis {
namespace {

bool Holds(const Cell* cell, const Dot& dot) {
  return cell != nullptr && std::any_of(cell->siblings.begin(), cell->siblings.end(),
                                        [&](const Sibling& sibling) { return sibling.dot == dot; });
}

// The latest value of `after` that is not in `before`; the latest of all if none is new.
const Sibling* Successor(const Cell* before, const Cell* after) {
  if (after == nullptr) return nullptr;
  const Sibling* best = nullptr;
  bool best_is_new = false;
  for (const Sibling& sibling : after->siblings) {
    const bool is_new = !Holds(before, sibling.dot);
    if (best == nullptr || (is_new && !best_is_new) ||
        (is_new == best_is_new && sibling.effective > best->effective)) {
      best = &sibling;
      best_is_new = is_new;
    }
  }
  return best;
}

}  // namespace

std::vector<HistoryEntry> HistoryBetween(const RecordState& before, const RecordState& after,
                                         const std::string& actor, const Stamp& at) {
  std::vector<HistoryEntry> entries;
  const auto add = [&](const CellKey& key, const Sibling* successor, const std::string& superseded) {
    HistoryEntry entry{actor, at, key, superseded, ""};
    if (successor != nullptr) {
      entry.actor = successor->actor;
      entry.at = successor->raw;
      entry.after = successor->bytes;
    }
    entries.push_back(std::move(entry));
  };
  for (const Cell& old : before.cells) {
    const Cell* now = after.Find(old.key);
    for (const Sibling& sibling : old.siblings) {
      if (!Holds(now, sibling.dot)) add(old.key, Successor(&old, now), sibling.bytes);
    }
  }
  for (const Cell& cell : after.cells) {
    if (before.Find(cell.key) == nullptr) add(cell.key, Successor(nullptr, &cell), "");
  }
  return entries;
}

}  // namespace trellis
