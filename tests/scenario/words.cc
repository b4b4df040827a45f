#include "tests/scenario/words.h"

#include <algorithm>
#include <sstream>

namespace trellis::scenario {

absl::Status Wrong(const std::string& what) { return absl::FailedPreconditionError(what); }

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

// Fields are numbered by name, the same in every scenario.
uint32_t FieldOf(const std::string& name) {
  static const std::vector<std::string> kNames = {"title", "note", "owner", "status", "goal"};
  const auto it = std::find(kNames.begin(), kNames.end(), name);
  return static_cast<uint32_t>(it - kNames.begin()) + 1;
}

std::string TextOf(const Sibling& sibling) { return sibling.bytes.size() > 2 ? sibling.bytes.substr(2) : ""; }

int64_t MsOf(const std::string& text) {
  const int64_t number = std::stoll(text);
  switch (text.back()) {
    case 'd':
      return number * 86'400'000;
    case 'h':
      return number * 3'600'000;
    case 'm':
      return number * 60'000;
    default:
      return number * 1000;
  }
}

Lane LaneOf(const std::string& name) {
  if (name == "bulk") return Lane::kBulk;
  if (name == "responses") return Lane::kResponses;
  if (name == "definitions") return Lane::kDefinitions;
  return Lane::kEdits;
}

}  // namespace trellis::scenario
