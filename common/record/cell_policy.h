// How a field's concurrent values are shown and written. Merge itself never asks.
#pragma once

#include <cstdint>

namespace trellis {

enum class CellPolicy : uint8_t {
  kRegister,      // greatest effective stamp shows, then writer, then n; losers are a conflict
  kAddWinsSet,    // each element is a cell; an add concurrent with a remove wins
  kMax,           // the greatest value shows; no conflict
  kAppendOnly,    // as a set whose elements are never taken out
  kDistrictWins,  // a value written at the district shows before any other; losers are a conflict
};

// Actors of writes made at the district's server carry this prefix; a site may not introduce one.
inline constexpr char kDistrictActorPrefix[] = "district/";

}  // namespace trellis
