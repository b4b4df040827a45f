// The words of a scenario line, and what they stand for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/causal/record_state.h"
#include "common/replica/replica.h"

namespace trellis::scenario {

absl::Status Wrong(const std::string& what);
// Empty parts are left out.
std::vector<std::string> Split(const std::string& text, char separator);
// Fields are numbered by name, the same in every scenario.
uint32_t FieldOf(const std::string& name);
// A text value without its tag.
std::string TextOf(const Sibling& sibling);
// `+3d`, `-2h`, `10m`, `5s`.
int64_t MsOf(const std::string& text);
Lane LaneOf(const std::string& name);

}  // namespace trellis::scenario
