// Days and durations as other systems write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trellis {

// YYYY-MM-DD out of: that, perhaps with a time after it; M/D/YYYY or M/D/YY, as spreadsheets in the United
// States write it; YYYYMMDD. nullopt: none of them, or no day of the calendar.
std::optional<std::string> ReadDay(std::string_view text);

// Minutes, rounded, of an ISO 8601 duration without years and months, such as PT1H30M, P2D or PT1234.5S.
std::optional<uint32_t> ReadDurationMinutes(std::string_view text);

}  // namespace trellis
