// Takes the wire bytes of a record's message apart into cells, and puts cells together again, without
// knowing the schema beyond which fields are sets. Unknown fields go along.
//
//   plain field   one cell: its occurrences (tag and value) as written, in order
//   set field     one cell per element: its occurrence; packed numbers are unpacked first
//   element key   of a number: its count of significant bytes (1 byte), then these, most significant first;
//                 else the payload of the element, or of its key subfield, if that is at most 32 bytes, else
//                 the 16 bytes of its KeyedHash under the zero key. The order of keys of numbers is theirs.
//
// Two elements alike are one; two that differ under one key stay together in that key's cell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace trellis {

struct WireField;

inline constexpr size_t kMaxMessageBytes = 256 * 1024;

struct MessageCell {
  uint32_t field = 0;
  std::string element;  // empty for a plain field
  std::string bytes;    // tags included
  friend auto operator<=>(const MessageCell&, const MessageCell&) = default;
};

// A field whose elements are cells of their own.
struct SplitRule {
  enum class Packing : uint8_t { kNever, kVarint, kFixed32, kFixed64 };
  uint32_t field = 0;
  uint32_t key_subfield = 0;  // 0: the whole element is its key
  Packing packing = Packing::kNever;
  friend bool operator==(const SplitRule&, const SplitRule&) = default;
};

// Cells by (field, element). InvalidArgument for malformed bytes, groups, field number 0 and more than
// kMaxMessageBytes. `rules` by field.
absl::StatusOr<std::vector<MessageCell>> SplitMessage(std::string_view message,
                                                      const std::vector<SplitRule>& rules);

// The element key of one occurrence of a set field, not packed.
std::string ElementKey(const WireField& element, uint32_t key_subfield);

// The key of an element that is a message and is keyed by that subfield.
std::string KeyOfElement(std::string_view element, uint32_t key_subfield);

// The message of these cells, in whatever order they come: fields ascending, elements by key.
std::string JoinCells(std::vector<MessageCell> cells);

}  // namespace trellis
