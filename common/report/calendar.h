// Dates as days since 1970-01-01 and moments as milliseconds since then, as text and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trellis {

// YYYY-MM-DD; nullopt for anything else or a day that is not in the calendar.
std::optional<int64_t> ParseDay(std::string_view text);
std::string FormatDay(int64_t day);
// The day, in UTC, a moment falls on.
int64_t DayOf(int64_t ms);
// YYYY-MM-DDThh:mm:ssZ.
std::string FormatMoment(int64_t ms);
// The same back; nullopt for anything else.
std::optional<int64_t> ParseMoment(std::string_view text);

}  // namespace trellis
