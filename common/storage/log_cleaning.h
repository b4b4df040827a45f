// What can be read of a damaged RocksDB log, as a log without damage. RocksDB's own mode for that (skip any
// corrupted record) can go round for ever on a flipped length, and ends the program over a file that is no
// log.
//
//   log    := block*                               of 32 KiB; less than a header's room at a block's end is
//   zeros block  := (crc:fixed32 size:fixed16 type:byte payload)*     type: 1 whole, 2 first, 3 middle, 4
//   last crc    := CRC-32C of type and payload, rotated right by 15, plus a282ead8 record := sequence:fixed64
//   count:fixed32 ...   a batch; the sequence has at most 56 bits
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trellis {

struct CleanLog {
  std::string bytes;
  bool resumed = false;  // there were records after damage: more than a torn end
};

CleanLog CleanLogOf(std::string_view log);

// The sequence number of the first batch; nullopt if there is none.
std::optional<uint64_t> FirstSequenceOf(std::string_view log);

}  // namespace trellis
