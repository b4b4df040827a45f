#include "common/causal/lifecycle.h"

#include <algorithm>
#include <utility>

#include "common/causal/bytes.h"

namespace trellis {
namespace {

// Whether every value of the record was seen by who wrote `seen`.
bool CoversEveryValue(const RecordState& state, const Context& seen) {
  for (const Cell& cell : state.cells) {
    if (cell.key.field == kLifecycleField) continue;
    for (const Sibling& sibling : cell.siblings) {
      if (!seen.Covers(sibling.dot)) return false;
    }
  }
  return true;
}

bool NamesContext(LifecycleMark mark) {
  return mark == LifecycleMark::kDeleted || mark == LifecycleMark::kMoved;
}

}  // namespace

std::string EncodeLifecycle(const Lifecycle& lifecycle) {
  std::string out(1, static_cast<char>(lifecycle.mark));
  if (NamesContext(lifecycle.mark)) {
    AppendVarint(&out, lifecycle.seen.entries().size());
    for (const Context::Entry& entry : lifecycle.seen.entries()) {
      AppendVarint(&out, entry.writer);
      AppendVarint(&out, entry.n);
    }
  }
  return out;
}

std::optional<Lifecycle> DecodeLifecycle(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto mark = static_cast<uint8_t>(bytes.front());
  if (mark < 1 || mark > 4) return std::nullopt;
  Lifecycle lifecycle{static_cast<LifecycleMark>(mark), {}};
  ByteReader reader(bytes.substr(1));
  if (NamesContext(lifecycle.mark)) {
    const uint64_t count = reader.Varint();
    for (uint64_t i = 0; reader.ok() && i < count; ++i) {
      const Writer writer = reader.Varint();
      lifecycle.seen.Raise({writer, reader.Varint()});
    }
  }
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return lifecycle;
}

Presence PresenceOf(const RecordState& state) {
  const Cell* cell = state.Find({kLifecycleField, ""});
  if (cell == nullptr) return Presence::kLive;
  bool live_mark = false;
  bool deleted = false;
  bool delete_beaten = false;
  int moves = 0;
  bool changed = false;  // since some move
  for (const Sibling& sibling : cell->siblings) {
    const std::optional<Lifecycle> lifecycle = DecodeLifecycle(sibling.bytes);
    if (!lifecycle.has_value()) continue;
    switch (lifecycle->mark) {
      case LifecycleMark::kErased:
        return Presence::kErased;
      case LifecycleMark::kMoved:
        ++moves;
        changed = changed || !CoversEveryValue(state, lifecycle->seen);
        break;
      case LifecycleMark::kLive:
        live_mark = true;
        break;
      case LifecycleMark::kDeleted:
        (CoversEveryValue(state, lifecycle->seen) ? deleted : delete_beaten) = true;
        break;
    }
  }
  if (moves > 0) return changed || moves > 1 ? Presence::kMovedButChanged : Presence::kMoved;
  if (deleted && !live_mark) return Presence::kDeleted;
  return deleted || delete_beaten ? Presence::kLiveDespiteDelete : Presence::kLive;
}

std::vector<CellKey> ChangedSinceMove(const RecordState& state) {
  std::vector<Context> moves;
  if (const Cell* marks = state.Find({kLifecycleField, ""}); marks != nullptr) {
    for (const Sibling& sibling : marks->siblings) {
      std::optional<Lifecycle> lifecycle = DecodeLifecycle(sibling.bytes);
      if (lifecycle && lifecycle->mark == LifecycleMark::kMoved) moves.push_back(std::move(lifecycle->seen));
    }
  }
  std::vector<CellKey> changed;
  for (const Cell& cell : state.cells) {
    if (cell.key.field == kLifecycleField) continue;
    const bool unseen = std::any_of(moves.begin(), moves.end(), [&](const Context& seen) {
      return std::any_of(cell.siblings.begin(), cell.siblings.end(),
                         [&](const Sibling& sibling) { return !seen.Covers(sibling.dot); });
    });
    if (unseen) changed.push_back(cell.key);
  }
  return changed;
}

}  // namespace trellis
