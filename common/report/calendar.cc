#include "common/report/calendar.h"

#include <fmt/format.h>

#include <chrono>

namespace trellis {
namespace {

constexpr int64_t kDayMs = 86'400'000;

// -1 unless all characters are digits.
int Digits(std::string_view text) {
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::chrono::year_month_day CalendarDay(int64_t day) { return std::chrono::sys_days(std::chrono::days(day)); }

}  // namespace

std::optional<int64_t> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = Digits(text.substr(0, 4));
  const int month = Digits(text.substr(5, 2));
  const int day = Digits(text.substr(8, 2));
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::string FormatDay(int64_t day) {
  const auto date = CalendarDay(day);
  return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()), unsigned(date.day()));
}

int64_t DayOf(int64_t ms) { return ms >= 0 ? ms / kDayMs : -((-ms + kDayMs - 1) / kDayMs); }

std::string FormatMoment(int64_t ms) {
  const int64_t day = DayOf(ms);
  const int64_t second = (ms - day * kDayMs) / 1000;
  return fmt::format("{}T{:02}:{:02}:{:02}Z", FormatDay(day), second / 3600, second / 60 % 60, second % 60);
}

std::optional<int64_t> ParseMoment(std::string_view text) {
  if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z') {
    return std::nullopt;
  }
  const std::optional<int64_t> day = ParseDay(text.substr(0, 10));
  const int hour = Digits(text.substr(11, 2)), minute = Digits(text.substr(14, 2));
  const int second = Digits(text.substr(17, 2));
  if (!day || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  return *day * kDayMs + ((hour * 60 + minute) * 60 + second) * int64_t{1000};
}

}  // namespace trellis
