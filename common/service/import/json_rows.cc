#include "common/service/import/json_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/status/status.h"

namespace trellis {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Scanner {
 public:
  Scanner(std::string_view text, int64_t line) : text_(text), line_(line) {}

  bool SkipBlanks(std::string_view also = "") {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n' && also.find(c) == std::string_view::npos)
        return true;
      ++at_;
    }
    return false;
  }

  // REQUIRES: SkipBlanks() said that something comes.
  absl::StatusOr<JsonSlice> Value() {
    const size_t begin = at_;
    const int64_t line = line_;
    int depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        if (absl::Status status = String(); !status.ok()) return status;
        if (depth == 0) break;
        continue;
      }
      if (depth == 0 && at_ > begin && (c == ',' || c == ']' || c == '}' || c == ':' || IsBlank(c))) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      if (depth < 0) return Bad(line_, "a bracket is closed that was not opened");
      if (depth > kDeepestJson) return Bad(line_, "the nesting is too deep");
      if (c == '\n') ++line_;
      ++at_;
      if (depth == 0 && (c == '}' || c == ']')) break;
    } while (at_ < text_.size());
    if (depth != 0) return Bad(line, "a bracket is opened and not closed");
    return JsonSlice{line, text_.substr(begin, at_ - begin)};
  }

  bool Take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

 private:
  static bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  static absl::Status Bad(int64_t line, std::string_view what) {
    return absl::InvalidArgumentError(fmt::format("Line {}: {}", line, what));
  }
  absl::Status String() {
    const int64_t line = line_;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return absl::OkStatus();
      }
    }
    return Bad(line, "a quote is opened and not closed");
  }

  std::string_view text_;
  size_t at_ = 0;
  int64_t line_;
};

// What lies within the brackets of a slice.
JsonSlice Inside(const JsonSlice& slice) {
  return {slice.line,
          slice.text.size() < 2 ? std::string_view() : slice.text.substr(1, slice.text.size() - 2)};
}

}  // namespace

absl::StatusOr<std::vector<JsonSlice>> JsonValues(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Scanner scanner(text, 1);
  std::vector<JsonSlice> values;
  while (scanner.SkipBlanks(",")) {
    absl::StatusOr<JsonSlice> value = scanner.Value();
    if (!value.ok()) return value.status();
    values.push_back(*value);
  }
  return values;
}

absl::StatusOr<std::vector<JsonSlice>> JsonElements(const JsonSlice& array) {
  const JsonSlice inside = Inside(array);
  Scanner scanner(inside.text, inside.line);
  std::vector<JsonSlice> values;
  while (scanner.SkipBlanks(",")) {
    absl::StatusOr<JsonSlice> value = scanner.Value();
    if (!value.ok()) return value.status();
    values.push_back(*value);
  }
  return values;
}

absl::StatusOr<std::vector<std::pair<std::string, JsonSlice>>> JsonMembers(const JsonSlice& object) {
  const JsonSlice inside = Inside(object);
  Scanner scanner(inside.text, inside.line);
  std::vector<std::pair<std::string, JsonSlice>> members;
  while (scanner.SkipBlanks(",")) {
    absl::StatusOr<JsonSlice> name = scanner.Value();
    if (!name.ok()) return name.status();
    if (!scanner.SkipBlanks() || !scanner.Take(':') || !scanner.SkipBlanks()) {
      return absl::InvalidArgumentError(fmt::format("Line {}: a name without a value", name->line));
    }
    absl::StatusOr<JsonSlice> value = scanner.Value();
    if (!value.ok()) return value.status();
    members.emplace_back(Inside(*name).text, *value);
  }
  return members;
}

}  // namespace trellis
