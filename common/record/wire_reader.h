// Walks the protobuf wire form one level deep, field by field, with no schema.
#pragma once

#include <cstdint>
#include <string_view>

namespace trellis {

// As on the wire. Groups (3, 4) are refused.
enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kSized = 2, kFixed32 = 5 };

struct WireField {
  uint32_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t number_value = 0;  // of a varint or fixed value (little-endian read)
  std::string_view payload;   // of a sized value
  std::string_view bytes;     // tag and value, as written
};

// Does not own the bytes. After the first malformed read Next returns false and ok() stays false.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : bytes_(bytes) {}

  // False at the end, and when the bytes are malformed.
  bool Next(WireField* field);
  // Reads a bare value of that type (an element of a packed field) into `field`; returns its bytes.
  std::string_view Value(WireType type, WireField* field);

  bool ok() const { return ok_; }
  bool AtEnd() const { return position_ == bytes_.size(); }
  size_t position() const { return position_; }

 private:
  bool ReadVarint(uint64_t* value);
  bool ReadFixed(size_t size, uint64_t* value);
  bool ReadValue(WireType type, WireField* field);

  std::string_view bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace trellis
