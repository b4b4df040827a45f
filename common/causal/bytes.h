// Varints and length-prefixed strings, the bricks of every byte format that is not a proto.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trellis {

void AppendVarint(std::string* out, uint64_t value);
void AppendZigzag(std::string* out, int64_t value);
void AppendSized(std::string* out, std::string_view bytes);

// Reads what Append* wrote. After the first malformed read everything returns false / zero and ok() is
// false for good. Does not own the bytes.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t Varint();
  int64_t Zigzag();
  std::string_view Sized();
  std::string_view Take(size_t size);
  bool ok() const { return ok_; }
  bool AtEnd() const { return bytes_.empty(); }
  size_t remaining() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace trellis
