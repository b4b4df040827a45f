#include "common/record/text_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "common/record/record_id.h"

namespace trellis {
namespace {

// The code point at the front, and how many bytes it takes; 0 bytes: not UTF-8.
struct CodePoint {
  uint32_t value = 0;
  size_t size = 0;
};

CodePoint FirstCodePoint(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  uint32_t value = lead & (0xffU >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xc0) != 0x80) return {};
    value = value << 6 | (byte & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
  return {value, size};
}

bool IsDirectionMark(uint32_t c) { return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069); }
bool IsControl(uint32_t c) { return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsLetterOrDigit(char c) { return IsDigit(c) || IsLetter(c); }

int NumberAt(std::string_view text, size_t at, size_t size) {
  int value = 0;
  std::from_chars(text.data() + at, text.data() + at + size, value);
  return value;
}

int DaysInMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

bool IsCode(std::string_view text) {
  const auto allowed = [](char c) {
    return IsLetterOrDigit(c) || std::string_view("._@+:-").find(c) != std::string_view::npos;
  };
  return IsLetterOrDigit(text.front()) && std::all_of(text.begin(), text.end(), allowed);
}

// Subtags of 1 to 8 letters and digits, the first of 2 to 8 letters (the shape of BCP 47, not its registry).
bool IsLanguage(std::string_view text) {
  size_t tag = 0;
  for (size_t begin = 0; begin <= text.size(); ++tag) {
    const size_t end = std::min(text.find('-', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    if (part.empty() || part.size() > 8 || !std::all_of(part.begin(), part.end(), IsLetterOrDigit))
      return false;
    if (tag == 0 && (part.size() < 2 || !std::all_of(part.begin(), part.end(), IsLetter))) return false;
    begin = end + 1;
  }
  return text.size() <= 35;
}

bool IsEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos)
    return false;
  const std::string_view host = text.substr(at + 1);
  const bool spaced = std::any_of(text.begin(), text.end(), [](char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ';' || c == '<' || c == '>';
  });
  return !spaced && !host.empty() && host.front() != '.' && host.back() != '.';
}

bool IsUrl(std::string_view text) {
  const size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  return scheme != 0 && text.size() > scheme && std::none_of(text.begin(), text.end(), [](char c) {
           return c == ' ' || c == '\n' || c == '\t' || c == '"' || c == '<';
         });
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = FirstCodePoint(text);
    if (point.size == 0) return false;
    text.remove_prefix(point.size);
  }
  return true;
}

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(),
                                           [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; }));
}

std::optional<std::string> TextProblem(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    return fmt::format("has {} bytes; a text may have {}: shorten it", text.size(), kMaxTextBytes);
  }
  while (!text.empty()) {
    const CodePoint point = FirstCodePoint(text);
    if (point.size == 0) return "is not UTF-8: save the text as UTF-8";
    if (IsControl(point.value) || IsDirectionMark(point.value)) {
      return fmt::format("holds the invisible character U+{:04X}: take it out", point.value);
    }
    text.remove_prefix(point.size);
  }
  return std::nullopt;
}

bool IsDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (!IsDigit(text[i])) return false;
  }
  const int year = NumberAt(text, 0, 4);
  const int month = NumberAt(text, 5, 2);
  const int day = NumberAt(text, 8, 2);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= DaysInMonth(year, month);
}

std::optional<std::string> FormatProblem(std::string_view format, std::string_view text) {
  if (format == "date" && !IsDate(text)) return "is not a date: write it as 2026-09-01";
  if (format == "cds" && (text.size() != 14 || !std::all_of(text.begin(), text.end(), IsDigit))) {
    return "is not a CDS code: write its 14 digits, leading zeros included";
  }
  if (format == "language" && !IsLanguage(text))
    return "is not a language: write a BCP 47 tag such as en or es-MX";
  if (format == "email" && !IsEmail(text)) return "is not an e-mail address: write it as name@example.org";
  if (format == "url" && !IsUrl(text)) return "is not a web address: write it as https://example.org/page";
  if (format == "code") {
    if (!IsCode(text))
      return "is not a code: use letters, digits and . _ @ + : - only, a letter or digit first";
    if (RecordId::Parse(text)) return "looks like a record id: choose another code";
  }
  return std::nullopt;
}

}  // namespace trellis
