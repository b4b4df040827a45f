// Random, causally honest states of one record: a few stores write, delete, take out and merge at random.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "common/causal/lifecycle.h"
#include "common/merge/merge.h"
#include "common/time/random.h"

namespace trellis {

inline Delta Whole(const RecordState& state) { return WholeDelta({}, state, {}); }

// One write to a few cells of `state`, covering what stands there. Returns the cells it touched.
inline std::vector<CellKey> WriteRandomly(SeededRandom* random, Dot dot, RecordState* state) {
  const bool lifecycle = random->Chance(0.1);
  std::vector<CellKey> touched;
  const auto value = [&](std::string bytes) {
    const int64_t ms = static_cast<int64_t>(random->Below(5));
    return Sibling{dot, {ms, 0}, {ms, 0}, "actor", std::move(bytes)};
  };
  if (lifecycle) {
    const LifecycleMark mark = random->Chance(0.2)   ? LifecycleMark::kErased
                               : random->Chance(0.5) ? LifecycleMark::kDeleted
                                                     : LifecycleMark::kLive;
    Lifecycle written{mark, {}};
    if (mark == LifecycleMark::kDeleted) written.seen = state->context;
    touched.push_back({kLifecycleField, ""});
    state->FindOrInsert(touched.back()).siblings = {value(EncodeLifecycle(written))};
    if (mark == LifecycleMark::kErased) state->cells.resize(1);
  } else {
    for (uint32_t field = 1; field <= 3; ++field) {
      if (random->Chance(0.5)) continue;
      const CellKey key{field, field == 3 ? std::string(1, static_cast<char>('a' + random->Below(3))) : ""};
      touched.push_back(key);
      if (random->Chance(0.25)) {
        std::erase_if(state->cells, [&](const Cell& cell) { return cell.key == key; });
      } else {
        state->FindOrInsert(key).siblings = {
            value("w" + std::to_string(dot.writer) + "." + std::to_string(dot.n))};
      }
    }
  }
  state->context.Raise(dot);
  return touched;
}

inline bool Erased(const RecordState& state) { return PresenceOf(state) == Presence::kErased; }

enum class Lowering { kOff, kOn };  // whether stamps are lowered on the way, as a server does

// `stores` states after `steps` random writes and merges among them.
inline std::vector<RecordState> RandomStates(uint64_t seed, size_t stores, size_t steps,
                                             Lowering lowering = Lowering::kOn) {
  SeededRandom random(seed);
  std::vector<RecordState> states(stores);
  std::vector<uint64_t> n(stores, 0);
  for (RecordState& state : states) state.kind = "K";
  for (size_t i = 0; i < steps; ++i) {
    const size_t at = random.Below(stores);
    if (random.Chance(0.6) && !Erased(states[at])) {
      WriteRandomly(&random, {at + 1, ++n[at]}, &states[at]);
    } else {
      RecordState other = states[random.Below(stores)];
      if (lowering == Lowering::kOn && random.Chance(0.2)) {
        for (Cell& cell : other.cells) {
          for (Sibling& sibling : cell.siblings)
            sibling.effective.ms = std::min<int64_t>(sibling.effective.ms, 2);
        }
      }
      MergeDelta(Whole(other), &states[at]);
    }
  }
  return states;
}

}  // namespace trellis
