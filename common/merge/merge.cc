#include "common/merge/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/causal/lifecycle.h"
#include "common/time/planted.h"

namespace trellis {
namespace {

bool IsErasure(const Sibling& sibling) {
  return !sibling.bytes.empty() && sibling.bytes.front() == static_cast<char>(LifecycleMark::kErased);
}

bool IsErased(const std::vector<Cell>& cells) {
  if (cells.empty() || cells.front().key.field != kLifecycleField) return false;
  const std::vector<Sibling>& siblings = cells.front().siblings;
  return std::any_of(siblings.begin(), siblings.end(), IsErasure);
}

MergeResult Problem(MergeProblem problem, std::string detail) { return {problem, std::move(detail), false}; }

// Order, uniqueness and coverage of what came in; nothing later needs to doubt it.
MergeResult CheckForm(const Delta& delta) {
  for (size_t i = 0; i < delta.cells.size(); ++i) {
    const Cell& cell = delta.cells[i];
    if (i > 0 && !(delta.cells[i - 1].key < cell.key)) {
      return Problem(MergeProblem::kMalformed, "cells are out of order");
    }
    if (delta.whole && cell.siblings.empty()) {
      return Problem(MergeProblem::kMalformed, "a whole state carries an empty cell");
    }
    if (cell.siblings.size() > kMaxSiblings) {
      return Problem(MergeProblem::kTooManySiblings,
                     fmt::format("field {} has {} concurrent values; at most {} are taken", cell.key.field,
                                 cell.siblings.size(), kMaxSiblings));
    }
    for (size_t j = 0; j < cell.siblings.size(); ++j) {
      const Sibling& sibling = cell.siblings[j];
      if (j > 0 && !(cell.siblings[j - 1].dot < sibling.dot)) {
        return Problem(MergeProblem::kMalformed, "values of a field are out of order");
      }
      if (sibling.dot.n == 0 || !delta.context.Covers(sibling.dot)) {
        return Problem(MergeProblem::kMalformed, "a value is not covered by its own context");
      }
    }
  }
  if (!delta.base.CoveredBy(delta.context)) {
    return Problem(MergeProblem::kMalformed, "the base reaches beyond the context");
  }
  return {};
}

// The same dot at both ends: one content for ever; the effective stamp only sinks.
bool SameContent(const Sibling& a, const Sibling& b) {
  return a.raw == b.raw && a.actor == b.actor && a.bytes == b.bytes;
}

// Live siblings of a cell after the join, or false on a dot collision. Both lists sorted by dot.
bool JoinSiblings(const std::vector<Sibling>& ours, const Context& our_context,
                  const std::vector<Sibling>& theirs, const Context& their_context, bool keep_erasures,
                  std::vector<Sibling>* out) {
  const auto survives = [&](const Sibling& sibling, const Context& other) {
    return !other.Covers(sibling.dot) || (keep_erasures && IsErasure(sibling));
  };
  auto a = ours.begin();
  auto b = theirs.begin();
  while (a != ours.end() || b != theirs.end()) {
    if (b == theirs.end() || (a != ours.end() && a->dot < b->dot)) {
      if (survives(*a, their_context)) out->push_back(*a);
      ++a;
    } else if (a == ours.end() || b->dot < a->dot) {
      if (survives(*b, our_context)) out->push_back(*b);
      ++b;
    } else {
      if (!SameContent(*a, *b)) return false;
      out->push_back(*a);
      if (!Planted(Fault::kLoweredStampIgnored)) {
        out->back().effective = std::min(a->effective, b->effective);
      }
      ++a;
      ++b;
    }
  }
  return true;
}

// An erased record keeps its erasures and nothing else.
void KeepOnlyErasures(std::vector<Cell>* cells) {
  std::erase_if(*cells, [](const Cell& cell) { return cell.key.field != kLifecycleField; });
  for (Cell& cell : *cells) std::erase_if(cell.siblings, [](const Sibling& s) { return !IsErasure(s); });
}

// For planted faults: of each cell the values with the latest stamps.
void KeepOnlyShown(std::vector<Cell>* cells, size_t most) {
  for (Cell& cell : *cells) {
    while (cell.siblings.size() > most) {
      cell.siblings.erase(
          std::min_element(cell.siblings.begin(), cell.siblings.end(),
                           [](const Sibling& a, const Sibling& b) { return a.effective < b.effective; }));
    }
  }
}

std::optional<std::vector<Cell>> JoinCells(const RecordState& state, const Delta& delta) {
  static const std::vector<Sibling> kNone;
  std::vector<Cell> joined;
  joined.reserve(std::max(state.cells.size(), delta.cells.size()));
  auto a = state.cells.begin();
  auto b = delta.cells.begin();
  while (a != state.cells.end() || b != delta.cells.end()) {
    const bool take_a = b == delta.cells.end() || (a != state.cells.end() && a->key <= b->key);
    const bool take_b = a == state.cells.end() || (b != delta.cells.end() && b->key <= a->key);
    const CellKey& key = take_a ? a->key : b->key;
    if (take_a && !take_b && !delta.whole) {
      joined.push_back(*a);  // not in the delta: none of its writes touched this cell
    } else {
      Cell cell{key, {}};
      if (!JoinSiblings(take_a ? a->siblings : kNone, state.context, take_b ? b->siblings : kNone,
                        delta.context, key.field == kLifecycleField, &cell.siblings)) {
        return std::nullopt;
      }
      if (!cell.siblings.empty()) joined.push_back(std::move(cell));
    }
    if (take_a) ++a;
    if (take_b) ++b;
  }
  return joined;
}

}  // namespace

MergeResult MergeDelta(const Delta& delta, RecordState* state) {
  if (MergeResult form = CheckForm(delta); form.problem != MergeProblem::kNone) return form;
  if (!delta.base.CoveredBy(state->context) && !Planted(Fault::kDeltaWithoutBaseCheck)) {
    return Problem(MergeProblem::kBaseNotCovered, "the change starts from writes not seen here");
  }
  if (!state->empty() && state->kind != delta.kind) {
    return Problem(MergeProblem::kKindDiffers,
                   fmt::format("the record is a {} here and a {} there", state->kind, delta.kind));
  }
  std::optional<std::vector<Cell>> cells = JoinCells(*state, delta);
  if (!cells.has_value()) {
    return Problem(MergeProblem::kDotCollision, "one write has two different contents");
  }
  if (Planted(Fault::kMergeReadsPolicy)) KeepOnlyShown(&*cells, 1);
  if (Planted(Fault::kSiblingsCapped)) KeepOnlyShown(&*cells, 2);
  if (IsErased(*cells) && !Planted(Fault::kErasureNotAbsorbing)) KeepOnlyErasures(&*cells);
  RecordState joined{delta.kind, state->context, std::move(*cells)};
  if (!Planted(Fault::kContextNotJoined)) joined.context.Join(delta.context);
  MergeResult result;
  result.changed = !(joined == *state);
  if (result.changed) *state = std::move(joined);
  return result;
}

Delta DeltaSince(const RecordId& id, const RecordState& state, const Context& base,
                 const std::vector<CellKey>& changed, const Hash128& version) {
  Delta delta{id, state.kind, false, base, state.context, {}, version};
  delta.cells.reserve(changed.size());
  for (const CellKey& key : changed) {
    const Cell* cell = state.Find(key);
    if (cell == nullptr && Planted(Fault::kEmptiedCellForgotten)) continue;
    delta.cells.push_back(cell != nullptr ? *cell : Cell{key, {}});
  }
  return delta;
}

}  // namespace trellis
