// The bricks of keys: byte order is the order of what they encode.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/record/record_id.h"

namespace trellis {

void AppendBig16(std::string* out, uint16_t value);
void AppendBig32(std::string* out, uint32_t value);
void AppendBig64(std::string* out, uint64_t value);

// Escaped and terminated: 00 becomes 00 FF, the end is 00 01. Keeps the order of `bytes`, and no encoding is
// a prefix of another.
void AppendOrdered(std::string* out, std::string_view bytes);

// The least key greater than every key that begins with `prefix`; empty if there is none.
std::string PrefixEnd(std::string_view prefix);

// Reads a key from its front. After the first malformed read ok() is false for good. Does not own the bytes.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : key_(key) {}

  void Skip(size_t size) { Take(size); }
  uint8_t Byte();
  uint32_t Big32();
  uint64_t Big64();
  std::string Ordered();
  RecordId Id();
  bool ok() const { return ok_; }
  bool AtEnd() const { return key_.empty(); }

 private:
  std::string_view Take(size_t size);

  std::string_view key_;
  bool ok_ = true;
};

}  // namespace trellis
