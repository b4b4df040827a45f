// Days to keep as iCalendar (RFC 5545): meetings as events, what is due as to-dos or all-day events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace trellis {

enum class CalendarState { kTentative, kConfirmed, kCancelled, kNeedsAction, kInProcess, kCompleted };

struct CalendarEntry {
  std::string uid;         // unique in the world, the same whenever the entry is told
  int64_t changed_ms = 0;  // when it was last changed: DTSTAMP
  std::string summary;
  std::string description;
  std::string location;
  std::string url;
  std::vector<std::string> categories;
  CalendarState state = CalendarState::kConfirmed;
  // A meeting: from and to, milliseconds since 1970, UTC. An entry without is due on a day.
  std::optional<int64_t> start_ms;
  std::optional<int64_t> end_ms;
  std::string due_date;        // YYYY-MM-DD
  std::string completed_date;  // YYYY-MM-DD; empty: not done
  std::optional<uint32_t> percent_complete;
};

// What to make of a day by which something is due: many calendars people use do not show to-dos.
enum class DueAs { kToDo, kAllDayEvent };

std::string WriteCalendar(const std::string& name, const std::vector<CalendarEntry>& entries, DueAs due_as);

// TEXT of RFC 5545, 3.3.11: backslash, semicolon, comma and line ends escaped; other control characters left
// out.
std::string CalendarText(std::string_view text);
// A content line: folded so that no line is longer than 75 octets, never inside a character, with CRLF.
std::string FoldedLine(std::string_view line);

}  // namespace trellis
