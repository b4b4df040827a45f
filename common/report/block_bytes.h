// The bricks of the blocks in which report columns rest (column_blocks.h, view_blocks.h).
//
//   text := n byte*;  n := varint;  plane := ceil(slots/64) words of 8 bytes, little-endian
//   identity := id16 text submitted:zigzag
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/report/bit_planes.h"
#include "common/report/column_layout.h"

namespace trellis {

// Every block begins with it. A block of another version is read by nobody: the columns are made anew.
inline constexpr uint64_t kBlockVersion = 1;

void PutVarint(uint64_t value, std::string* out);
void PutText(std::string_view text, std::string* out);
void PutIdentity(const RowIdentity& identity, std::string* out);

// Reads a block; the first failure sticks, and everything read afterwards is empty. Does not own the bytes.
class BlockReader {
 public:
  // Takes the version.
  explicit BlockReader(std::string_view bytes);

  uint64_t Varint();
  // A varint of at most `limit`.
  uint64_t Bounded(uint64_t limit);
  uint8_t Byte();
  std::string_view Bytes(size_t n);
  std::string Text();
  // REQUIRES: slots <= kSegmentRows.
  void ReadPlane(int slots, Plane* plane);
  RowIdentity Identity();

  void Fail() { failed_ = true; }
  bool failed() const { return failed_; }
  bool Finished() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace trellis
