#include <algorithm>

#include "common/wire/bytes_column.h"
#include "common/wire/message_node.h"
#include "common/wire/number_column.h"
#include "common/wire/wire_shape.h"

namespace trellis {
namespace {

bool IsTag(uint64_t tag) {
  const uint64_t type = tag & 7;
  return tag >> 3 != 0 && tag <= 0xffffffff && (type == 0 || type == 1 || type == 2 || type == 5);
}

}  // namespace

bool NodeDecoder::ReadShape(NodeShape* shape, absl::flat_hash_map<uint32_t, uint16_t>* column_by_tag,
                            FrameReader* in) {
  const uint64_t tags = in->a.Varint();
  if (tags > kMaxTagsPerShape) return in->Fail("a shape of too many tags");
  for (uint64_t i = 0; i < tags; ++i) {
    const uint64_t tag = in->a.Varint();
    if (!IsTag(tag) || (i > 0 && tag == shape->tags.back())) return in->Fail("a tag that cannot stand there");
    shape->tags.push_back(static_cast<uint32_t>(tag));
    const auto [it, inserted] = column_by_tag->try_emplace(static_cast<uint32_t>(tag), columns_.size());
    if (inserted) {
      if (columns_.size() == kMaxFieldsPerNode) return in->Fail("too many fields");
      Column& column = columns_.emplace_back();
      column.tag = static_cast<uint32_t>(tag);
      AppendVarint(&column.tag_bytes, tag);
    }
    shape->columns.push_back(it->second);
  }
  return in->StreamsOk();
}

bool NodeDecoder::ReadShapes(size_t rows, FrameReader* in) {
  const uint64_t count = in->a.Varint();
  if (!in->StreamsOk()) return false;
  if (count > kMaxShapes || count < 1) return in->Fail("too many shapes, or none");
  absl::flat_hash_map<uint32_t, uint16_t> column_by_tag;
  for (uint64_t i = 0; i < count; ++i) {
    if (!ReadShape(&shapes_.emplace_back(), &column_by_tag, in)) return false;
  }
  if (!in->TakeFields(columns_.size())) return false;
  if (count == 1) {
    if (!in->TakeValues(rows)) return false;
    shape_of_row_.assign(rows, 0);
    return true;
  }
  if (!DecodeNumbers(rows, in, &shape_of_row_)) return false;
  return std::all_of(shape_of_row_.begin(), shape_of_row_.end(),
                     [&](uint64_t shape) { return shape < count; }) ||
         in->Fail("a shape that is not there");
}

bool NodeDecoder::ReadFlags(Column* column, FrameReader* in) {
  const std::string_view byte = in->a.Take(1);
  if (!in->StreamsOk()) return false;
  const auto flags = static_cast<uint8_t>(byte[0]);
  const unsigned form = (flags >> 1) & 3;
  const unsigned clock = flags >> 3;
  column->repeated = (flags & 1) != 0;
  column->form = static_cast<SizedForm>(form);
  column->clock = static_cast<NodeClock>(clock);
  const auto type = static_cast<WireType>(column->tag & 7);
  const bool dates = column->form == SizedForm::kDates;
  if (form > 2 || (form != 0 && type != WireType::kSized) || clock > 4 ||
      (column->clock == NodeClock::kDays) != dates || (clock != 0 && !dates && type != WireType::kVarint)) {
    return in->Fail("a field in an unknown form");
  }
  return true;
}

bool NodeDecoder::ReadCounts(FrameReader* in) {
  std::vector<uint64_t> rows_of_shape(shapes_.size());
  for (const uint64_t shape : shape_of_row_) ++rows_of_shape[shape];
  for (size_t i = 0; i < shapes_.size(); ++i) {
    for (const uint16_t column : shapes_[i].columns) columns_[column].runs += rows_of_shape[i];
  }
  for (Column& column : columns_) {
    column.total = column.runs;
    if (!column.repeated) continue;
    if (!DecodeNumbers(column.runs, in, &column.counts)) return false;
    column.total = 0;
    for (const uint64_t count : column.counts) {
      if (count < 1 || count > kMaxColumnValues - column.total) return in->Fail("too many values, or none");
      column.total += count;
    }
  }
  return true;
}

void NodeDecoder::SpreadRecords(const std::vector<uint32_t>& record_of_row) {
  std::vector<size_t> next_count(columns_.size());
  for (size_t row = 0; row < shape_of_row_.size(); ++row) {
    for (const uint16_t index : shapes_[shape_of_row_[row]].columns) {
      Column& column = columns_[index];
      const uint64_t count = column.repeated ? column.counts[next_count[index]++] : 1;
      if (column.form == SizedForm::kMessages || column.clock != NodeClock::kNone) {
        column.records.insert(column.records.end(), count, record_of_row[row]);
      }
    }
  }
}

bool NodeDecoder::ReadValues(Column* column, const std::vector<int64_t>& raw_ms, size_t depth,
                             FrameReader* in) {
  const auto type = static_cast<WireType>(column->tag & 7);
  if (column->form == SizedForm::kMessages) {
    if (depth + 1 >= kMaxNesting) return in->Fail("messages nested too deep");
    if (column->total == 0) return true;
    column->messages = std::make_unique<NodeDecoder>();
    return column->messages->Read(column->records, raw_ms, depth + 1, in);
  }
  if (type != WireType::kVarint && column->form != SizedForm::kDates) {
    if (!DecodeStrings(column->total, in, &column->strings)) return false;
    const size_t width = type == WireType::kFixed64 ? 8 : 4;
    const bool fits = type == WireType::kSized ||
                      std::all_of(column->strings.begin(), column->strings.end(),
                                  [&](std::string_view value) { return value.size() == width; });
    return fits || in->Fail("a fixed number of another width");
  }
  if (!DecodeNumbers(column->total, in, &column->numbers)) return false;
  for (size_t i = 0; i < column->records.size(); ++i) {
    uint64_t& number = column->numbers[i];
    number = UnZigzag(number) + ClockValue(column->clock, raw_ms[column->records[i]]);
    const auto day = static_cast<int64_t>(number);
    if (column->form == SizedForm::kDates && (day < kFirstDay || day > kLastDay)) {
      return in->Fail("a day beyond the calendar");
    }
  }
  return true;
}

bool NodeDecoder::Read(const std::vector<uint32_t>& record_of_row, const std::vector<int64_t>& raw_ms,
                       size_t depth, FrameReader* in) {
  if (!ReadShapes(record_of_row.size(), in)) return false;
  for (Column& column : columns_) {
    if (!ReadFlags(&column, in)) return false;
  }
  if (!ReadCounts(in)) return false;
  uint64_t total = 0;
  for (const Column& column : columns_) total += column.total;
  if (total > kMaxColumnValues) return in->Fail("too many values");
  SpreadRecords(record_of_row);
  return std::all_of(columns_.begin(), columns_.end(),
                     [&](Column& column) { return ReadValues(&column, raw_ms, depth, in); });
}

uint64_t NodeDecoder::NextCount(uint16_t index) {
  Column& column = columns_[index];
  return column.repeated ? column.counts[column.next_count++] : 1;
}

bool NodeDecoder::AppendMessage(FrameReader* in, std::string* out) {
  const NodeShape& shape = NextRow();
  for (const uint16_t column : shape.columns) {
    for (uint64_t left = NextCount(column); left > 0; --left) {
      if (!AppendOccurrence(column, in, out)) return false;
    }
  }
  return true;
}

bool NodeDecoder::AppendOccurrence(uint16_t index, FrameReader* in, std::string* out) {
  Column& column = columns_[index];
  constexpr size_t kMostForLength = 5;
  if (!in->TakeRebuilt(column.tag_bytes.size() + kMostForLength)) return false;
  out->append(column.tag_bytes);
  if (column.form == SizedForm::kMessages) {
    std::string message;
    if (!column.messages->AppendMessage(in, &message)) return false;
    AppendSized(out, message);
    return true;
  }
  const size_t value = column.next_value++;
  switch (static_cast<WireType>(column.tag & 7)) {
    case WireType::kVarint:
      AppendVarint(out, column.numbers[value]);
      return true;
    case WireType::kSized:
      if (column.form == SizedForm::kDates) {
        AppendSized(out, TextOfDay(static_cast<int64_t>(column.numbers[value])));
        return true;
      }
      if (!in->TakeRebuilt(column.strings[value].size())) return false;
      AppendSized(out, column.strings[value]);
      return true;
    default:
      out->append(column.strings[value]);
      return true;
  }
}

}  // namespace trellis
