// The rows in which the columns of all responses rest: their keys, and what is not in column_blocks.h.
//
//   row        := 'g' group:big32 part number:big32 -> block     group: a number of the view's own
//               | 'w' scope id16     -> waiting      a response that no survey here can place
//               | 'a' scope id16     -> answers      as written, where the columns do not say them all
//   part       := 'p' -> place | 'h' -> header | 's' -> segment | 'i' -> identities | 'd' -> delta
//   place      := version scope survey survey_id wave organization n slot* n other_slot*    (n: varint)
//   waiting    := version complete identity survey wave organization n byte* n (text text)*
//   answers    := version n byte*
//
// scope, survey, survey_id, wave, organization are texts. Rows of other first letters are the follower's.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/report/response_placement.h"
#include "common/report/response_view.h"

namespace trellis {

enum class GroupPart : char { kPlace = 'p', kHeader = 'h', kSegment = 's', kIdentities = 'i', kDelta = 'd' };

inline constexpr char kGroupRow = 'g';
inline constexpr char kWaitingRow = 'w';
inline constexpr char kAnswersRow = 'a';

std::string GroupPrefix(uint32_t group);
std::string GroupKeyOf(uint32_t group, GroupPart part, uint32_t number);
struct GroupRowKey {
  uint32_t group = 0;
  GroupPart part = GroupPart::kPlace;
  int number = 0;
};
std::optional<GroupRowKey> ParseGroupKey(std::string_view key);

std::string ResponseRowKey(char letter, const std::string& scope, const RecordId& id);
std::optional<std::pair<std::string, RecordId>> ParseResponseRowKey(std::string_view key);

// `columns` and `number` apart; the questions stand in the columns' header.
std::string EncodePlace(const PlacedColumns& placed);
absl::StatusOr<PlacedColumns> DecodePlace(std::string_view bytes);

std::string EncodeWaiting(const PlainResponse& response);
absl::StatusOr<PlainResponse> DecodeWaiting(std::string_view bytes);
std::string EncodeAnswers(const std::vector<uint8_t>& answers);
absl::StatusOr<std::vector<uint8_t>> DecodeAnswers(std::string_view bytes);

}  // namespace trellis
