#include "common/interchange/calendar_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trellis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CalendarEntry Meeting() {
  CalendarEntry entry;
  entry.uid = "id-1@oak.trellis.invalid";
  entry.changed_ms = 1'790'000'000'000;
  entry.summary = "Trust; talk, listen\\repeat\nand again";
  entry.location = "Room 5, Oak";
  entry.start_ms = 1'790'000'000'000;
  entry.end_ms = *entry.start_ms + 5'400'000;
  entry.categories = {"trust", "a,b"};
  return entry;
}
CalendarEntry Step() {
  CalendarEntry entry;
  entry.uid = "id-2@shared.trellis.invalid";
  entry.summary = "Agree on meeting times";
  entry.state = CalendarState::kCompleted;
  entry.due_date = "2026-12-31";
  entry.completed_date = "2026-12-02";
  entry.percent_complete = 100;
  return entry;
}

TEST(FoldedLine, HoldsNoMoreThan75OctetsAndCutsNoCharacter) {
  std::string line = "SUMMARY:";
  for (int i = 0; i < 60; ++i) line += "é語";
  const std::string folded = FoldedLine(line);
  std::string unfolded;
  size_t at = 0;
  while (at < folded.size()) {
    const size_t end = folded.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    const std::string part = folded.substr(at, end - at);
    EXPECT_LE(part.size(), 75u);
    EXPECT_NE(static_cast<unsigned char>(part.back()) & 0xC0, 0xC0) << "cut within a character";
    unfolded += at == 0 ? part : part.substr(1);
    at = end + 2;
  }
  EXPECT_EQ(unfolded, line);
  EXPECT_EQ(FoldedLine(std::string(75, 'x')), std::string(75, 'x') + "\r\n");
  EXPECT_EQ(FoldedLine(std::string(76, 'x')), std::string(75, 'x') + "\r\n x\r\n");
}

TEST(CalendarText, EscapesWhatHasAMeaning) {
  EXPECT_EQ(CalendarText("a;b,c\\d\r\ne\nf\x07"), "a\\;b\\,c\\\\d\\ne\\nf");
}

TEST(WriteCalendar, TellsAMeetingAsAnEvent) {
  const std::string calendar = WriteCalendar("Oak, 2026", {Meeting()}, DueAs::kToDo);
  EXPECT_TRUE(calendar.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
  EXPECT_TRUE(calendar.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
  EXPECT_THAT(calendar, HasSubstr("UID:id-1@oak.trellis.invalid\r\nDTSTAMP:20260921T"));
  EXPECT_THAT(calendar, HasSubstr("SUMMARY:Trust\\; talk\\, listen\\\\repeat\\nand again\r\n"));
  EXPECT_THAT(calendar, HasSubstr("CATEGORIES:trust,a\\,b\r\n"));
  EXPECT_THAT(calendar, HasSubstr("DTSTART:20260921T"));
  EXPECT_THAT(calendar, HasSubstr("STATUS:CONFIRMED\r\n"));
  CalendarEntry backwards = Meeting();
  backwards.end_ms = *backwards.start_ms - 1;
  EXPECT_THAT(WriteCalendar("x", {backwards}, DueAs::kToDo), Not(HasSubstr("DTEND")));
}

TEST(WriteCalendar, TellsADueDayAsAToDoOrAnAllDayEvent) {
  const std::string todo = WriteCalendar("x", {Step()}, DueAs::kToDo);
  EXPECT_THAT(todo, HasSubstr("BEGIN:VTODO\r\n"));
  EXPECT_THAT(todo,
              HasSubstr("DUE;VALUE=DATE:20261231\r\nSTATUS:COMPLETED\r\nCOMPLETED:20261202T000000Z\r\n"));
  const std::string event = WriteCalendar("x", {Step()}, DueAs::kAllDayEvent);
  EXPECT_THAT(event, HasSubstr("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"));
  EXPECT_THAT(event, Not(HasSubstr("VTODO")));
}

}  // namespace
}  // namespace trellis
