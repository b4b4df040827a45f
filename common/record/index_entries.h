// The values of indexed fields as bytes that sort as the values do, and that end where they end: whatever is
// appended (a record id) never changes the order.
//
//   text    := (byte, 00 as 00 FF)* of its first kMaxIndexedText bytes, 00 01
//   integer := 80+k, k bytes, most significant first | 80-k, k bytes of the complement, for negative ones
//   number  := 8 bytes: the IEEE 754 bits, sign flipped, all flipped if negative
//   code    := integer      bool := 00 | 01      moment := integer (seconds) and 4 bytes (nanoseconds)
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/record/kind_info.h"

namespace trellis {

// Texts that agree in as many bytes share an index value: what an index finds is to be checked again.
inline constexpr size_t kMaxIndexedText = 128;

std::string EncodeIndexText(std::string_view text);
std::string EncodeIndexInteger(int64_t value);
std::string EncodeIndexUnsigned(uint64_t value);  // equal to EncodeIndexInteger where both can say it
std::string EncodeIndexNumber(double value);      // -0 as 0
std::string EncodeIndexBool(bool value);
std::string EncodeIndexMoment(int64_t seconds, int32_t nanos);

struct IndexEntry {
  uint32_t field = 0;
  std::string value;
  friend auto operator<=>(const IndexEntry&, const IndexEntry&) = default;
};

// Sorted, each once. `message` is the wire bytes of a record of that kind, as stored; values that are not
// said (empty, 0 without presence) have no entry. Reads as far as the bytes are well-formed.
std::vector<IndexEntry> IndexEntriesOf(const KindInfo& kind, std::string_view message);

// The code the record is called by; empty if it or its kind has none.
std::string CodeOf(const KindInfo& kind, std::string_view message);

}  // namespace trellis
