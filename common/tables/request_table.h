// Outcomes of writes by the caller's request id, so that a retry has no second effect. A ring: the oldest
// goes when there are more than kRememberedRequests.
//
//   outcomes := 'i' request_id            -> seq count (id:16 version:16)*
//   ring     := 'j' ordinal:big64         -> request_id
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/record/hash.h"
#include "common/record/record_id.h"
#include "common/tables/table_names.h"

namespace trellis {

inline constexpr uint64_t kRememberedRequests = 200'000;

struct RequestRow {
  uint64_t seq = 0;
  std::vector<std::pair<RecordId, Hash128>> records;
  friend bool operator==(const RequestRow&, const RequestRow&) = default;
};

std::string RequestKey(std::string_view request_id);
std::string EncodeRequestRow(const RequestRow& row);
std::optional<RequestRow> DecodeRequestRow(std::string_view bytes);

std::string RequestRingPrefix();
std::string RequestRingKey(uint64_t ordinal);
uint64_t RequestOrdinalOfKey(std::string_view key);

}  // namespace trellis
