// Protobuf wire form as columns see it: only bytes that writing again gives back exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/record/wire_reader.h"

namespace trellis {

inline uint32_t TagOf(const WireField& field) {
  return (field.number << 3) | static_cast<uint32_t>(field.type);
}

// Appends the fields of a message. False, with some of them appended, if it holds what would not be written
// again as it stands: malformed bytes, groups, varints longer than need be.
bool ParseExactly(std::string_view message, std::vector<WireField>* fields);

// Days since 1970-01-01 of a text that is exactly YYYY-MM-DD, a day that exists; nullopt for any other.
std::optional<int64_t> DayOfText(std::string_view text);
// REQUIRES: the day lies in the years 0 to 9999, which is what DayOfText gives.
std::string TextOfDay(int64_t day);
inline constexpr int64_t kFirstDay = -719'528;  // 0000-01-01
inline constexpr int64_t kLastDay = 2'932'896;  // 9999-12-31

}  // namespace trellis
