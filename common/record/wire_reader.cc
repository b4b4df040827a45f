#include "common/record/wire_reader.h"

namespace trellis {

bool WireReader::ReadVarint(uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (position_ == bytes_.size()) return ok_ = false;
    const auto byte = static_cast<uint8_t>(bytes_[position_++]);
    if (shift == 63 && byte > 1) return ok_ = false;
    *value |= uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return true;
  }
  return ok_ = false;
}

bool WireReader::ReadFixed(size_t size, uint64_t* value) {
  if (bytes_.size() - position_ < size) return ok_ = false;
  *value = 0;
  for (size_t i = 0; i < size; ++i) {
    *value |= uint64_t{static_cast<uint8_t>(bytes_[position_ + i])} << (8 * i);
  }
  position_ += size;
  return true;
}

bool WireReader::ReadValue(WireType type, WireField* field) {
  field->type = type;
  field->number_value = 0;
  field->payload = {};
  switch (type) {
    case WireType::kVarint:
      return ReadVarint(&field->number_value);
    case WireType::kFixed64:
      return ReadFixed(8, &field->number_value);
    case WireType::kFixed32:
      return ReadFixed(4, &field->number_value);
    case WireType::kSized: {
      uint64_t size = 0;
      if (!ReadVarint(&size)) return false;
      if (size > bytes_.size() - position_) return ok_ = false;
      field->payload = bytes_.substr(position_, size);
      position_ += size;
      return true;
    }
  }
  return ok_ = false;
}

bool WireReader::Next(WireField* field) {
  if (!ok_ || AtEnd()) return false;
  const size_t start = position_;
  uint64_t tag = 0;
  if (!ReadVarint(&tag)) return false;
  const uint64_t number = tag >> 3;
  const uint64_t type = tag & 7;
  if (number == 0 || tag > 0xffffffffU || (type != 0 && type != 1 && type != 2 && type != 5))
    return ok_ = false;
  field->number = static_cast<uint32_t>(number);
  if (!ReadValue(static_cast<WireType>(type), field)) return false;
  field->bytes = bytes_.substr(start, position_ - start);
  return true;
}

std::string_view WireReader::Value(WireType type, WireField* field) {
  const size_t start = position_;
  if (!ReadValue(type, field)) return {};
  return bytes_.substr(start, position_ - start);
}

}  // namespace trellis
