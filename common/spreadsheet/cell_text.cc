#include "common/spreadsheet/cell_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace trellis {
namespace {

constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53
constexpr double kLastDay = 2958465;                         // 9999-12-31, counted from 1899-12-30
constexpr int64_t kDaySeconds = 86400;

}  // namespace

std::string NumberText(double value) {
  if (std::abs(value) <= kLargestExactInteger && value == std::trunc(value)) {
    return fmt::format("{}", static_cast<int64_t>(value));
  }
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string DateText(double days, bool from_1904) {
  if (!(days >= 0) || days > kLastDay) return NumberText(days);
  const auto seconds = static_cast<int64_t>(std::llround(days * kDaySeconds));
  const int64_t of_day = seconds % kDaySeconds;
  std::string time = fmt::format("{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60);
  if (seconds < kDaySeconds && of_day != 0) return time;
  using std::chrono::December, std::chrono::January, std::chrono::sys_days, std::chrono::year;
  const sys_days begin =
      from_1904 ? sys_days(year(1904) / January / 1) : sys_days(year(1899) / December / 30);
  const std::chrono::year_month_day day(begin + std::chrono::days(seconds / kDaySeconds));
  const std::string date = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return of_day == 0 ? date : date + " " + time;
}

}  // namespace trellis
