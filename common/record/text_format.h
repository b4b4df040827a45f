// Formats of text fields, and what no text may hold.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trellis {

// Bytes, of any one text.
inline constexpr size_t kMaxTextBytes = 64 * 1024;

// Whether it is UTF-8 without surrogates and overlong forms.
bool IsUtf8(std::string_view text);
// REQUIRES: IsUtf8(text).
size_t CountCharacters(std::string_view text);

// What is wrong with it as text at all: not UTF-8, longer than kMaxTextBytes, control characters other than
// tab and line ends, or marks that change the direction of writing (U+202A-202E, U+2066-2069), which make a
// text read otherwise than it is. nullopt: nothing.
std::optional<std::string> TextProblem(std::string_view text);

// What is wrong with it in a format of FieldRules.format: cds, date, language, email, url, code; a format not
// among these asks nothing. nullopt: nothing. REQUIRES: the text is not empty.
std::optional<std::string> FormatProblem(std::string_view format, std::string_view text);

// YYYY-MM-DD of the Gregorian calendar, years 1 to 9999.
bool IsDate(std::string_view text);

}  // namespace trellis
