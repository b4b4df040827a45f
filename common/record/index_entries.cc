#include "common/record/index_entries.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <bit>

#include "common/record/wire_reader.h"

namespace trellis {
namespace {

namespace pb = google::protobuf;

std::string BigEndian(uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

int SignificantBytes(uint64_t value) { return (static_cast<int>(std::bit_width(value)) + 7) / 8; }

int64_t FromZigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// Encodes a value of a field of numbers. Sets *is_default.
std::string EncodeNumeric(const pb::FieldDescriptor* field, uint64_t raw, bool* is_default) {
  *is_default = raw == 0;
  switch (field->type()) {
    case pb::FieldDescriptor::TYPE_BOOL:
      return EncodeIndexBool(raw != 0);
    case pb::FieldDescriptor::TYPE_DOUBLE:
      return EncodeIndexNumber(std::bit_cast<double>(raw));
    case pb::FieldDescriptor::TYPE_FLOAT:
      return EncodeIndexNumber(std::bit_cast<float>(static_cast<uint32_t>(raw)));
    case pb::FieldDescriptor::TYPE_UINT32:
    case pb::FieldDescriptor::TYPE_FIXED32:
      return EncodeIndexUnsigned(static_cast<uint32_t>(raw));
    case pb::FieldDescriptor::TYPE_UINT64:
    case pb::FieldDescriptor::TYPE_FIXED64:
      return EncodeIndexUnsigned(raw);
    case pb::FieldDescriptor::TYPE_INT64:
    case pb::FieldDescriptor::TYPE_SFIXED64:
      return EncodeIndexInteger(static_cast<int64_t>(raw));
    case pb::FieldDescriptor::TYPE_SINT32:
    case pb::FieldDescriptor::TYPE_SINT64:
      return EncodeIndexInteger(FromZigzag(raw));
    default:
      return EncodeIndexInteger(static_cast<int32_t>(raw));
  }
}

WireType PackedType(const pb::FieldDescriptor* field) {
  switch (field->type()) {
    case pb::FieldDescriptor::TYPE_DOUBLE:
    case pb::FieldDescriptor::TYPE_FIXED64:
    case pb::FieldDescriptor::TYPE_SFIXED64:
      return WireType::kFixed64;
    case pb::FieldDescriptor::TYPE_FLOAT:
    case pb::FieldDescriptor::TYPE_FIXED32:
    case pb::FieldDescriptor::TYPE_SFIXED32:
      return WireType::kFixed32;
    default:
      return WireType::kVarint;
  }
}

std::string EncodeTimestamp(std::string_view payload) {
  WireReader reader(payload);
  WireField field;
  int64_t seconds = 0;
  int32_t nanos = 0;
  while (reader.Next(&field)) {
    if (field.number == 1) seconds = static_cast<int64_t>(field.number_value);
    if (field.number == 2) nanos = static_cast<int32_t>(field.number_value);
  }
  return EncodeIndexMoment(seconds, nanos);
}

class EntryCollector {
 public:
  void Add(const FieldInfo& info, const WireField& field) {
    const bool sized = field.type == WireType::kSized;
    switch (info.type) {
      case FieldType::kText:
        if (sized) Put(info, EncodeIndexText(field.payload), field.payload.empty());
        return;
      case FieldType::kMoment:
        if (sized) Put(info, EncodeTimestamp(field.payload), false);
        return;
      case FieldType::kBytes:
      case FieldType::kMessage:
        return;
      default:
        return sized ? AddPacked(info, field) : AddNumeric(info, field);
    }
  }

  std::vector<IndexEntry> Take() {
    std::sort(entries_.begin(), entries_.end());
    entries_.erase(std::unique(entries_.begin(), entries_.end()), entries_.end());
    return std::move(entries_);
  }

 private:
  void AddNumeric(const FieldInfo& info, const WireField& field) {
    bool is_default = false;
    std::string value = EncodeNumeric(info.descriptor, field.number_value, &is_default);
    Put(info, std::move(value), is_default);
  }

  void AddPacked(const FieldInfo& info, const WireField& field) {
    WireReader reader(field.payload);
    WireField element;
    while (!reader.AtEnd()) {
      reader.Value(PackedType(info.descriptor), &element);
      if (!reader.ok()) return;
      AddNumeric(info, element);
    }
  }

  // Of a field that is not repeated the last value counts.
  void Put(const FieldInfo& info, std::string value, bool is_default) {
    if (!info.repeated)
      std::erase_if(entries_, [&](const IndexEntry& entry) { return entry.field == info.number; });
    if (is_default && !info.optional) return;
    entries_.push_back({info.number, std::move(value)});
  }

  std::vector<IndexEntry> entries_;
};

}  // namespace

std::string EncodeIndexText(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kMaxIndexedText)) {
    out.push_back(c);
    if (c == '\0') out.push_back('\xff');
  }
  out.push_back('\0');
  out.push_back('\1');
  return out;
}

std::string EncodeIndexUnsigned(uint64_t value) {
  const int size = SignificantBytes(value);
  return std::string(1, static_cast<char>(0x80 + size)) + BigEndian(value, size);
}

std::string EncodeIndexInteger(int64_t value) {
  if (value >= 0) return EncodeIndexUnsigned(static_cast<uint64_t>(value));
  const uint64_t magnitude = ~static_cast<uint64_t>(value);  // -1 - value
  const int size = std::max(1, SignificantBytes(magnitude));
  return std::string(1, static_cast<char>(0x80 - size)) + BigEndian(~magnitude, size);
}

std::string EncodeIndexNumber(double value) {
  auto bits = std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);
  bits = (bits >> 63) != 0 ? ~bits : bits | (uint64_t{1} << 63);
  return BigEndian(bits, 8);
}

std::string EncodeIndexBool(bool value) { return std::string(1, value ? '\1' : '\0'); }

std::string EncodeIndexMoment(int64_t seconds, int32_t nanos) {
  return EncodeIndexInteger(seconds) + BigEndian(static_cast<uint32_t>(nanos), 4);
}

std::vector<IndexEntry> IndexEntriesOf(const KindInfo& kind, std::string_view message) {
  EntryCollector collector;
  WireReader reader(message);
  WireField field;
  while (reader.Next(&field)) {
    const FieldInfo* info = kind.Find(field.number);
    if (info != nullptr && info->index) collector.Add(*info, field);
  }
  return collector.Take();
}

std::string CodeOf(const KindInfo& kind, std::string_view message) {
  std::string code;
  if (kind.code_field == 0) return code;
  WireReader reader(message);
  WireField field;
  while (reader.Next(&field)) {
    if (field.number == kind.code_field && field.type == WireType::kSized) code = field.payload;
  }
  return code;
}

}  // namespace trellis
