#include "common/record/message_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "common/record/hash.h"
#include "common/record/wire_reader.h"

namespace trellis {
namespace {

constexpr size_t kMaxPlainKey = 32;

std::string NumberKey(uint64_t value, int max_bytes) {
  std::string key(1, '\0');
  for (int i = max_bytes - 1; i >= 0; --i) {
    const auto byte = static_cast<char>(value >> (8 * i));
    if (key.size() > 1 || byte != 0) key.push_back(byte);
  }
  key[0] = static_cast<char>(key.size() - 1);
  return key;
}

std::string KeyOf(const WireField& field) {
  if (field.type != WireType::kSized) return NumberKey(field.number_value, 8);
  if (field.payload.size() <= kMaxPlainKey) return std::string(field.payload);
  return KeyedHash(HashKey{}, field.payload).ToBytes();
}

void AppendVarintTo(std::string* out, uint64_t value) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

MessageCell UnpackedCell(uint32_t number, WireType type, const WireField& element, std::string_view bytes) {
  MessageCell cell{number, KeyOf(element), {}};
  AppendVarintTo(&cell.bytes, (uint64_t{number} << 3) | static_cast<uint64_t>(type));
  cell.bytes.append(bytes);
  return cell;
}

WireType ElementType(SplitRule::Packing packing) {
  switch (packing) {
    case SplitRule::Packing::kFixed32:
      return WireType::kFixed32;
    case SplitRule::Packing::kFixed64:
      return WireType::kFixed64;
    default:
      return WireType::kVarint;
  }
}

bool SplitPacked(const WireField& field, const SplitRule& rule, std::vector<MessageCell>* cells) {
  const WireType type = ElementType(rule.packing);
  WireReader reader(field.payload);
  while (!reader.AtEnd()) {
    WireField element;
    const std::string_view bytes = reader.Value(type, &element);
    if (!reader.ok()) return false;
    cells->push_back(UnpackedCell(field.number, type, element, bytes));
  }
  return true;
}

bool SplitElement(const WireField& field, const SplitRule& rule, std::vector<MessageCell>* cells) {
  if (field.type == WireType::kSized && rule.packing != SplitRule::Packing::kNever) {
    return SplitPacked(field, rule, cells);
  }
  cells->push_back({field.number, ElementKey(field, rule.key_subfield), std::string(field.bytes)});
  return true;
}

// Cells of one key become one. Elements alike count once; a plain field's occurrences all stay, in order.
std::vector<MessageCell> Gather(std::vector<MessageCell> cells, const std::vector<SplitRule>& rules) {
  std::stable_sort(cells.begin(), cells.end(), [](const MessageCell& a, const MessageCell& b) {
    return std::tie(a.field, a.element) < std::tie(b.field, b.element);
  });
  std::vector<MessageCell> gathered;
  for (size_t begin = 0, end = 0; begin < cells.size(); begin = end) {
    end = begin + 1;
    while (end < cells.size() && cells[end].field == cells[begin].field &&
           cells[end].element == cells[begin].element) {
      ++end;
    }
    const bool is_set = std::any_of(rules.begin(), rules.end(),
                                    [&](const SplitRule& rule) { return rule.field == cells[begin].field; });
    auto last = cells.begin() + end;
    if (is_set) {
      std::sort(cells.begin() + begin, last);
      last = std::unique(cells.begin() + begin, last);
    }
    for (auto cell = cells.begin() + begin + 1; cell != last; ++cell) cells[begin].bytes += cell->bytes;
    gathered.push_back(std::move(cells[begin]));
  }
  return gathered;
}

}  // namespace

// The last occurrence of the subfield counts, as for any parser; 0 and absent are the same.
std::string KeyOfElement(std::string_view element, uint32_t key_subfield) {
  WireReader reader(element);
  WireField field;
  std::string key;
  while (reader.Next(&field)) {
    if (field.number != key_subfield) continue;
    const bool is_default = field.type != WireType::kSized && field.number_value == 0;
    key = is_default ? std::string() : KeyOf(field);
  }
  return key;
}

std::string ElementKey(const WireField& element, uint32_t key_subfield) {
  return key_subfield != 0 && element.type == WireType::kSized ? KeyOfElement(element.payload, key_subfield)
                                                               : KeyOf(element);
}

absl::StatusOr<std::vector<MessageCell>> SplitMessage(std::string_view message,
                                                      const std::vector<SplitRule>& rules) {
  if (message.size() > kMaxMessageBytes) {
    return absl::InvalidArgumentError(fmt::format("the record has {} bytes; the most is {}: make it smaller",
                                                  message.size(), kMaxMessageBytes));
  }
  std::vector<MessageCell> cells;
  WireReader reader(message);
  WireField field;
  bool packed_ok = true;
  while (packed_ok && reader.Next(&field)) {
    const auto rule = std::find_if(rules.begin(), rules.end(),
                                   [&](const SplitRule& rule) { return rule.field == field.number; });
    if (rule != rules.end()) {
      packed_ok = SplitElement(field, *rule, &cells);
    } else {
      cells.push_back({field.number, {}, std::string(field.bytes)});
    }
  }
  if (!reader.ok() || !packed_ok) {
    return absl::InvalidArgumentError(
        fmt::format("the record is not a well-formed protobuf message (near byte {})", reader.position()));
  }
  return Gather(std::move(cells), rules);
}

std::string JoinCells(std::vector<MessageCell> cells) {
  std::sort(cells.begin(), cells.end(), [](const MessageCell& a, const MessageCell& b) {
    return std::tie(a.field, a.element) < std::tie(b.field, b.element);
  });
  std::string message;
  for (const MessageCell& cell : cells) message += cell.bytes;
  return message;
}

}  // namespace trellis
