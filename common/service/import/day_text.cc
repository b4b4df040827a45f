#include "common/service/import/day_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "common/record/text_format.h"
#include "common/service/import/table.h"

namespace trellis {
namespace {

std::optional<int> ReadNumber(std::string_view digits, size_t longest) {
  int value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
  if (digits.empty() || digits.size() > longest || !whole || value < 0) return std::nullopt;
  return value;
}

constexpr int kCentury = 2000;

std::optional<std::string> FromMonthDayYear(std::string_view text) {
  const size_t first = text.find('/');
  const size_t second = first == std::string_view::npos ? first : text.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view year_text = text.substr(second + 1);
  const std::optional<int> month = ReadNumber(text.substr(0, first), 2);
  const std::optional<int> day = ReadNumber(text.substr(first + 1, second - first - 1), 2);
  std::optional<int> year = ReadNumber(year_text, 4);
  if (!month || !day || !year || (year_text.size() != 4 && year_text.size() != 2)) return std::nullopt;
  if (year_text.size() == 2) *year += kCentury;
  return fmt::format("{:04}-{:02}-{:02}", *year, *month, *day);
}

}  // namespace

std::optional<std::string> ReadDay(std::string_view text) {
  text = TrimBlanks(text);
  const size_t space = text.find_first_of(" T");
  const std::string_view day = text.substr(0, space);
  std::optional<std::string> found;
  if (day.size() == 8 && day.find_first_not_of("0123456789") == std::string_view::npos) {
    found = fmt::format("{}-{}-{}", day.substr(0, 4), day.substr(4, 2), day.substr(6));
  } else if (day.find('/') != std::string_view::npos) {
    found = FromMonthDayYear(day);
  } else {
    found = std::string(day);
  }
  return found && IsDate(*found) ? found : std::nullopt;
}

std::optional<uint32_t> ReadDurationMinutes(std::string_view text) {
  text = TrimBlanks(text);
  if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
  text.remove_prefix(1);
  double minutes = 0;
  bool time = false;
  while (!text.empty()) {
    if (text.front() == 'T') {
      time = true;
      text.remove_prefix(1);
      continue;
    }
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr == text.data() + text.size() || value < 0) return std::nullopt;
    const char unit = *read.ptr;
    text.remove_prefix(static_cast<size_t>(read.ptr - text.data()) + 1);
    if (unit == 'W' && !time) {
      minutes += value * 7 * 24 * 60;
    } else if (unit == 'D' && !time) {
      minutes += value * 24 * 60;
    } else if (unit == 'H' && time) {
      minutes += value * 60;
    } else if (unit == 'M' && time) {
      minutes += value;
    } else if (unit == 'S' && time) {
      minutes += value / 60;
    } else {
      return std::nullopt;
    }
  }
  constexpr double kMostMinutes = 1e6;
  if (minutes > kMostMinutes) return std::nullopt;
  return static_cast<uint32_t>(std::lround(minutes));
}

}  // namespace trellis
