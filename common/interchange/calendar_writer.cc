#include "common/interchange/calendar_writer.h"

#include <fmt/format.h>

#include "absl/time/time.h"

namespace trellis {
namespace {

constexpr size_t kLongestLine = 75;

std::string Moment(int64_t ms) {
  return absl::FormatTime("%Y%m%dT%H%M%SZ", absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

// 2026-09-30 -> 20260930.
std::string Day(const std::string& date) {
  std::string day;
  for (const char c : date) {
    if (c != '-') day.push_back(c);
  }
  return day;
}

std::string DayAfter(const std::string& date) {
  absl::CivilDay day;
  return absl::ParseCivilTime(date, &day) ? Day(absl::FormatCivilTime(day + 1)) : Day(date);
}

const char* StatusOf(CalendarState state) {
  switch (state) {
    case CalendarState::kTentative:
      return "TENTATIVE";
    case CalendarState::kConfirmed:
      return "CONFIRMED";
    case CalendarState::kCancelled:
      return "CANCELLED";
    case CalendarState::kNeedsAction:
      return "NEEDS-ACTION";
    case CalendarState::kInProcess:
      return "IN-PROCESS";
    case CalendarState::kCompleted:
      return "COMPLETED";
  }
  return "CONFIRMED";
}

class Component {
 public:
  Component(const char* name, std::string* out) : name_(name), out_(out) {
    Line(fmt::format("BEGIN:{}", name_));
  }
  ~Component() { Line(fmt::format("END:{}", name_)); }
  Component(const Component&) = delete;
  Component& operator=(const Component&) = delete;

  void Line(std::string_view line) { *out_ += FoldedLine(line); }
  void Text(std::string_view property, std::string_view text) {
    if (!text.empty()) Line(fmt::format("{}:{}", property, CalendarText(text)));
  }

 private:
  const char* name_;
  std::string* out_;
};

void WriteWords(const CalendarEntry& entry, Component* component) {
  component->Text("UID", entry.uid);
  component->Line("DTSTAMP:" + Moment(entry.changed_ms));
  component->Line("LAST-MODIFIED:" + Moment(entry.changed_ms));
  component->Text("SUMMARY", entry.summary.empty() ? "Untitled" : entry.summary);
  component->Text("DESCRIPTION", entry.description);
  component->Text("LOCATION", entry.location);
  if (!entry.url.empty()) component->Line("URL:" + entry.url);
  std::string categories;
  for (const std::string& category : entry.categories) {
    if (!categories.empty()) categories += ',';
    categories += CalendarText(category);
  }
  if (!categories.empty()) component->Line("CATEGORIES:" + categories);
}

void WriteMeeting(const CalendarEntry& entry, std::string* out) {
  Component event("VEVENT", out);
  WriteWords(entry, &event);
  event.Line("DTSTART:" + Moment(*entry.start_ms));
  // An end before the start would make the whole file invalid to many readers.
  if (entry.end_ms && *entry.end_ms > *entry.start_ms) event.Line("DTEND:" + Moment(*entry.end_ms));
  event.Line(fmt::format("STATUS:{}", StatusOf(entry.state)));
}

void WriteDue(const CalendarEntry& entry, DueAs due_as, std::string* out) {
  if (due_as == DueAs::kAllDayEvent) {
    Component event("VEVENT", out);
    WriteWords(entry, &event);
    event.Line("DTSTART;VALUE=DATE:" + Day(entry.due_date));
    event.Line("DTEND;VALUE=DATE:" + DayAfter(entry.due_date));
    event.Line("TRANSP:TRANSPARENT");
    event.Line(entry.state == CalendarState::kCancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
    return;
  }
  Component todo("VTODO", out);
  WriteWords(entry, &todo);
  todo.Line("DUE;VALUE=DATE:" + Day(entry.due_date));
  todo.Line(fmt::format("STATUS:{}", StatusOf(entry.state)));
  if (!entry.completed_date.empty())
    todo.Line(fmt::format("COMPLETED:{}T000000Z", Day(entry.completed_date)));
  if (entry.percent_complete) todo.Line(fmt::format("PERCENT-COMPLETE:{}", *entry.percent_complete));
}

}  // namespace

std::string CalendarText(std::string_view text) {
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' || c == ';' || c == ',') {
      escaped += '\\';
      escaped += c;
    } else if (c == '\n' || c == '\r') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      escaped += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') {
      escaped += c;
    }
  }
  return escaped;
}

std::string FoldedLine(std::string_view line) {
  std::string folded;
  size_t room = kLongestLine;
  while (line.size() > room) {
    size_t cut = room;
    while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
    if (cut == 0) cut = room;  // not UTF-8: there is no character to keep whole
    folded.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = kLongestLine - 1;  // the blank counts
  }
  return folded.append(line).append("\r\n");
}

std::string WriteCalendar(const std::string& name, const std::vector<CalendarEntry>& entries, DueAs due_as) {
  std::string out;
  {
    Component calendar("VCALENDAR", &out);
    calendar.Line("VERSION:2.0");
    calendar.Line("PRODID:-//Trellis//Professional learning//EN");
    calendar.Line("CALSCALE:GREGORIAN");
    calendar.Text("X-WR-CALNAME", name);
    for (const CalendarEntry& entry : entries) {
      if (entry.start_ms) {
        WriteMeeting(entry, &out);
      } else if (!entry.due_date.empty()) {
        WriteDue(entry, due_as, &out);
      }
    }
  }
  return out;
}

}  // namespace trellis
