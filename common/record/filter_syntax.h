// The grammar of filters, before any kind is looked at (a subset of AIP-160; OR binds tighter than AND):
//
//   filter     := [expression]
//   expression := sequence ("AND" sequence)*
//   sequence   := factor factor*                 as if joined by AND
//   factor     := term ("OR" term)*
//   term       := ["NOT" | "-"] (restriction | "(" expression ")")
//   restriction:= text [("=" | "!=" | "<" | "<=" | ">" | ">=" | ":") value]
//   value      := text | "quoted" | 'quoted'     \ before a character takes it as it is, in quotes
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trellis {

inline constexpr size_t kMaxFilterBytes = 4096;
inline constexpr int kMaxFilterDepth = 20;
inline constexpr int kMaxFilterTerms = 64;

enum class FilterOp : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kHas };

struct FilterNode {
  enum class Type : uint8_t { kAnd, kOr, kNot, kRestriction, kSearch };
  Type type = Type::kAnd;
  std::vector<FilterNode> children;  // kAnd, kOr: any number; an empty kAnd holds for everything. kNot: one
  std::string name;                  // kRestriction: the field; kSearch: the text
  FilterOp op = FilterOp::kEqual;
  std::string value;
  bool quoted = false;  // the value, or the searched text
  size_t name_at = 0;   // byte offsets in the filter, for messages
  size_t value_at = 0;
};

// InvalidArgument saying at what character, what was found and what was expected.
absl::StatusOr<FilterNode> ParseFilterSyntax(std::string_view filter);

// "filter, character 7: ...", counting characters from 1.
absl::Status FilterErrorAt(std::string_view filter, size_t byte, const std::string& problem);

}  // namespace trellis
