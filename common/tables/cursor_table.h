// How far this store has durably read each peer's feed.
//
//   key := 'u' peer:ordered scope:big32 epoch:big64
//   row := ordinal seen lanes:byte seq*       one seq for each set bit of lanes, least lane first
//
// At most kMaxCursorEpochs epochs of a peer and scope are kept: the ordinal orders them by when they came.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/tables/stored_record.h"
#include "common/tables/table_names.h"

namespace trellis {

inline constexpr size_t kMaxCursorEpochs = 64;

struct CursorRow {
  uint64_t ordinal = 0;
  uint64_t seen = 0;  // see PeerCursor
  std::array<std::optional<uint64_t>, kLaneCount> lanes;
  friend bool operator==(const CursorRow&, const CursorRow&) = default;
};

std::string CursorTablePrefix();
std::string CursorPrefix(std::string_view peer, ScopeNumber scope);
std::string CursorKey(std::string_view peer, ScopeNumber scope, Epoch epoch);
Epoch CursorEpochOfKey(std::string_view key);
std::string EncodeCursorRow(const CursorRow& row);
std::optional<CursorRow> DecodeCursorRow(std::string_view bytes);

}  // namespace trellis
