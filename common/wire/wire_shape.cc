#include "common/wire/wire_shape.h"

#include <fmt/format.h>

#include <chrono>

#include "common/wire/number_column.h"

namespace trellis {
namespace {

bool IsExact(const WireField& field) {
  size_t size = VarintSize(TagOf(field));
  switch (field.type) {
    case WireType::kVarint:
      size += VarintSize(field.number_value);
      break;
    case WireType::kFixed64:
      size += 8;
      break;
    case WireType::kFixed32:
      size += 4;
      break;
    case WireType::kSized:
      size += VarintSize(field.payload.size()) + field.payload.size();
      break;
  }
  return size == field.bytes.size();
}

int Digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

bool ParseExactly(std::string_view message, std::vector<WireField>* fields) {
  WireReader reader(message);
  WireField field;
  while (reader.Next(&field)) {
    if (!IsExact(field)) return false;
    fields->push_back(field);
  }
  return reader.ok();
}

std::optional<int64_t> DayOfText(std::string_view text) {
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

std::string TextOfDay(int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

}  // namespace trellis
