// JSON texts as rows: an array of objects, an object that holds such arrays by name, objects one after the
// other (JSON Lines). Each row keeps its line in the file, and one that is damaged spoils no other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace trellis {

// One value of a JSON text; `text` points into it.
struct JsonSlice {
  int64_t line = 0;  // of its first character
  std::string_view text;
};

constexpr int kDeepestJson = 64;

// The values of a text, one after the other. INVALID_ARGUMENT, naming the line, where a bracket or quote is
// not closed or the nesting is deeper than kDeepestJson. What lies between brackets is not looked at.
absl::StatusOr<std::vector<JsonSlice>> JsonValues(std::string_view text);
// Of an array. REQUIRES: a slice of JsonValues.
absl::StatusOr<std::vector<JsonSlice>> JsonElements(const JsonSlice& array);
// Of an object: names without escapes, and values.
absl::StatusOr<std::vector<std::pair<std::string, JsonSlice>>> JsonMembers(const JsonSlice& object);

}  // namespace trellis
