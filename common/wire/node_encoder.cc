#include <algorithm>

#include "common/wire/bytes_column.h"
#include "common/wire/message_node.h"
#include "common/wire/number_column.h"
#include "common/wire/wire_shape.h"

namespace trellis {
namespace {

bool IsText(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return static_cast<uint8_t>(c) >= 0x20; });
}

std::string KeyOf(const std::vector<uint32_t>& tags) {
  return {reinterpret_cast<const char*>(tags.data()), tags.size() * sizeof(uint32_t)};
}

// Whether the fields, neighbours alike counted once, have exactly these tags.
bool HasTags(const std::vector<WireField>& fields, const std::vector<uint32_t>& tags) {
  size_t next = 0;
  for (size_t i = 0; i < fields.size(); ++i) {
    const uint32_t tag = TagOf(fields[i]);
    if (i > 0 && tag == TagOf(fields[i - 1])) continue;
    if (next == tags.size() || tags[next] != tag) return false;
    ++next;
  }
  return next == tags.size();
}

}  // namespace

bool NodeEncoder::FindShape(const std::vector<WireField>& fields, uint32_t* shape) {
  if (!shape_of_row_.empty() && HasTags(fields, shapes_[shape_of_row_.back()].tags)) {
    *shape = static_cast<uint32_t>(shape_of_row_.back());
    return true;
  }
  std::vector<uint32_t> tags;
  for (const WireField& field : fields) {
    const uint32_t tag = TagOf(field);
    if (tags.empty() || tags.back() != tag) tags.push_back(tag);
  }
  const auto found = shape_by_tags_.find(KeyOf(tags));
  if (found == shape_by_tags_.end()) return AddShape(std::move(tags), shape);
  *shape = found->second;
  return true;
}

bool NodeEncoder::AddShape(std::vector<uint32_t> tags, uint32_t* shape) {
  if (shapes_.size() == kMaxShapes || tags.size() > kMaxTagsPerShape) return false;
  const size_t unknown =
      std::count_if(tags.begin(), tags.end(), [&](uint32_t tag) { return !column_by_tag_.contains(tag); });
  if (columns_.size() + unknown > kMaxFieldsPerNode) return false;
  *shape = static_cast<uint32_t>(shapes_.size());
  shape_by_tags_.emplace(KeyOf(tags), *shape);
  NodeShape& added = shapes_.emplace_back();
  added.tags = std::move(tags);
  for (const uint32_t tag : added.tags) added.columns.push_back(ColumnOf(tag));
  return true;
}

uint16_t NodeEncoder::ColumnOf(uint32_t tag) {
  const auto [it, inserted] = column_by_tag_.try_emplace(tag, static_cast<uint16_t>(columns_.size()));
  if (inserted) columns_.emplace_back().tag = tag;
  return it->second;
}

bool NodeEncoder::AddRow(const std::vector<WireField>& fields, uint32_t record) {
  uint32_t index = 0;
  if (!FindShape(fields, &index)) return false;
  const NodeShape& shape = shapes_[index];
  size_t run = 0;
  for (size_t i = 0; i < fields.size(); ++run) {
    Column& column = columns_[shape.columns[run]];
    const size_t begin = i;
    for (; i < fields.size() && TagOf(fields[i]) == shape.tags[run]; ++i) {
      const WireField& field = fields[i];
      if (field.type == WireType::kVarint) {
        column.numbers.push_back(field.number_value);
      } else if (field.type == WireType::kSized) {
        column.strings.push_back(field.payload);
      } else {
        const size_t size = field.type == WireType::kFixed64 ? 8 : 4;
        column.strings.push_back(field.bytes.substr(field.bytes.size() - size));
      }
      column.records.push_back(record);
    }
    column.counts.push_back(i - begin);
    column.repeated |= i - begin > 1;
  }
  shape_of_row_.push_back(index);
  return true;
}

std::unique_ptr<NodeEncoder> NodeEncoder::AsMessages(const Column& column, size_t depth, size_t fields_left) {
  if (depth >= kMaxNesting || std::all_of(column.strings.begin(), column.strings.end(), IsText))
    return nullptr;
  auto node = std::make_unique<NodeEncoder>();
  std::vector<WireField> fields;
  for (size_t i = 0; i < column.strings.size(); ++i) {
    fields.clear();
    if (!ParseExactly(column.strings[i], &fields) || !node->AddRow(fields, column.records[i])) return nullptr;
  }
  return node->columns() <= fields_left ? std::move(node) : nullptr;
}

bool NodeEncoder::TakeDates(Column* column, const std::vector<int64_t>& raw_ms) {
  std::vector<uint64_t> days;
  for (size_t i = 0; i < column->strings.size(); ++i) {
    const std::optional<int64_t> day = DayOfText(column->strings[i]);
    if (!day) return false;
    const uint64_t today = ClockValue(NodeClock::kDays, raw_ms[column->records[i]]);
    days.push_back(ZigzagOf(static_cast<uint64_t>(*day) - today));
  }
  column->form = SizedForm::kDates;
  column->clock = NodeClock::kDays;
  column->numbers = std::move(days);
  return true;
}

void NodeEncoder::ChooseClock(Column* column, const std::vector<int64_t>& raw_ms) {
  constexpr uint64_t kSmall = 1 << 14;  // two bytes as it stands: nothing to gain
  size_t least = 0;
  uint64_t greatest = 0;
  for (const uint64_t number : column->numbers) {
    least += VarintSize(number);
    greatest = std::max(greatest, number);
  }
  if (greatest < kSmall) return;
  for (const NodeClock clock : {NodeClock::kMilliseconds, NodeClock::kSeconds, NodeClock::kNanoseconds}) {
    size_t size = 0;
    for (size_t i = 0; i < column->numbers.size() && size < least; ++i) {
      size += VarintSize(ZigzagOf(column->numbers[i] - ClockValue(clock, raw_ms[column->records[i]])));
    }
    if (size < least) {
      least = size;
      column->clock = clock;
    }
  }
  if (column->clock == NodeClock::kNone) return;
  for (size_t i = 0; i < column->numbers.size(); ++i) {
    uint64_t& number = column->numbers[i];
    number = ZigzagOf(number - ClockValue(column->clock, raw_ms[column->records[i]]));
  }
}

void NodeEncoder::ChooseForm(Column* column, const std::vector<int64_t>& raw_ms, size_t depth,
                             size_t* fields_left) {
  const auto type = static_cast<WireType>(column->tag & 7);
  if (type == WireType::kVarint) return ChooseClock(column, raw_ms);
  if (type != WireType::kSized || TakeDates(column, raw_ms)) return;
  column->messages = AsMessages(*column, depth + 1, *fields_left);
  if (column->messages == nullptr) return;
  column->form = SizedForm::kMessages;
  *fields_left -= column->messages->columns();
}

void NodeEncoder::WriteShapes(FrameStreams* out) const {
  AppendVarint(&out->a, shapes_.size());
  for (const NodeShape& shape : shapes_) {
    AppendVarint(&out->a, shape.tags.size());
    for (const uint32_t tag : shape.tags) AppendVarint(&out->a, tag);
  }
  if (shapes_.size() > 1) EncodeNumbers(shape_of_row_, out);
}

void NodeEncoder::Encode(const std::vector<int64_t>& raw_ms, size_t depth, size_t* fields_left,
                         FrameStreams* out) {
  WriteShapes(out);
  for (Column& column : columns_) {
    ChooseForm(&column, raw_ms, depth, fields_left);
    out->a.push_back(static_cast<char>((column.repeated ? 1 : 0) | static_cast<uint8_t>(column.form) << 1 |
                                       static_cast<uint8_t>(column.clock) << 3));
  }
  for (const Column& column : columns_) {
    if (column.repeated) EncodeNumbers(column.counts, out);
  }
  for (const Column& column : columns_) {
    if (column.form == SizedForm::kMessages) {
      column.messages->Encode(raw_ms, depth + 1, fields_left, out);
    } else if ((column.tag & 7) == 0 || column.form == SizedForm::kDates) {
      EncodeNumbers(column.numbers, out);
    } else {
      EncodeStrings(column.strings, out);
    }
  }
}

}  // namespace trellis
