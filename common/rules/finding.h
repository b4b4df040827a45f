// Something that does not fit together.
#pragma once

#include <string>
#include <tuple>
#include <vector>

namespace trellis {

struct Finding {
  std::string rule;     // a word programs may rely on, such as reference-missing
  std::string field;    // JSON name of the field it is about; empty: the record
  std::string problem;  // what is wrong, and what to do
  // A write that brings it about is refused. Otherwise the record is kept as it is and the finding shown.
  bool refuses = false;

  friend bool operator==(const Finding& a, const Finding& b) {
    return std::tie(a.rule, a.field, a.problem) == std::tie(b.rule, b.field, b.problem);
  }
};

using Findings = std::vector<Finding>;

}  // namespace trellis
