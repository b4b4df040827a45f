#include "common/merge/show.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "common/causal/bytes.h"

namespace trellis {
namespace {

bool FromDistrict(const Sibling& sibling) { return sibling.actor.starts_with(kDistrictActorPrefix); }

auto Recency(const Sibling& sibling) {
  return std::tuple(sibling.effective, sibling.dot.writer, sibling.dot.n);
}

// Order of a field's wire bytes (tag, then value) as numbers: a varint counts by its value; submessages
// such as timestamps by their first varint field; anything else by its bytes.
uint64_t WireMagnitude(std::string_view bytes) {
  ByteReader reader(bytes);
  const uint64_t tag = reader.Varint();
  switch (tag & 7) {
    case 0:
      return reader.Varint();
    case 1:
    case 5: {
      const std::string_view fixed = reader.Take((tag & 7) == 1 ? 8 : 4);
      uint64_t value = 0;
      for (size_t i = fixed.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(fixed[i]);
      return value;
    }
    case 2:
      return WireMagnitude(reader.Sized());
    default:
      return 0;
  }
}

bool ShowsBefore(const Sibling& a, const Sibling& b, CellPolicy policy) {
  if (policy == CellPolicy::kMax) {
    const uint64_t magnitude_a = WireMagnitude(a.bytes);
    const uint64_t magnitude_b = WireMagnitude(b.bytes);
    if (magnitude_a != magnitude_b) return magnitude_a > magnitude_b;
  }
  if (policy == CellPolicy::kDistrictWins && FromDistrict(a) != FromDistrict(b)) return FromDistrict(a);
  return Recency(a) > Recency(b);
}

}  // namespace

const Sibling& ShownSibling(const Cell& cell, CellPolicy policy) {
  return *std::min_element(cell.siblings.begin(), cell.siblings.end(),
                           [&](const Sibling& a, const Sibling& b) { return ShowsBefore(a, b, policy); });
}

bool InConflict(const Cell& cell, CellPolicy policy) {
  if (cell.siblings.size() < 2 || policy == CellPolicy::kMax) return false;
  return std::any_of(cell.siblings.begin() + 1, cell.siblings.end(),
                     [&](const Sibling& sibling) { return sibling.bytes != cell.siblings.front().bytes; });
}

ShownRecord Show(const RecordState& state, const PolicyOfField& policy_of) {
  ShownRecord shown;
  shown.presence = PresenceOf(state);
  if (shown.presence == Presence::kErased) return shown;
  for (const Cell& cell : state.cells) {
    if (cell.key.field == kLifecycleField) continue;
    const CellPolicy policy = policy_of(cell.key.field);
    shown.message += ShownSibling(cell, policy).bytes;
    if (!InConflict(cell, policy)) continue;
    CellConflict conflict{cell.key, cell.siblings};
    std::sort(conflict.siblings.begin(), conflict.siblings.end(),
              [&](const Sibling& a, const Sibling& b) { return ShowsBefore(a, b, policy); });
    shown.conflicts.push_back(std::move(conflict));
  }
  return shown;
}

bool NeedsAttention(const RecordState& state, const PolicyOfField& policy_of) {
  const Presence presence = PresenceOf(state);
  if (presence == Presence::kMoved) return false;  // all of it was seen by who moved it
  for (const Cell& cell : state.cells) {
    if (cell.key.field != kLifecycleField && InConflict(cell, policy_of(cell.key.field))) return true;
  }
  return presence == Presence::kLiveDespiteDelete || presence == Presence::kMovedButChanged;
}

}  // namespace trellis
