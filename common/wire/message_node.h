// Messages as columns: node of README.md. One node holds all messages that stand in one place of a kind: the
// records of the kind, or the values of one message field of theirs. Driven by the wire form alone; which
// sized fields are messages is the encoder's guess, and correctness does not depend on it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/record/wire_reader.h"
#include "common/wire/frame_streams.h"

namespace trellis {

// Times stand as differences from the raw stamp of the record they are in, where that is shorter.
enum class NodeClock : uint8_t { kNone = 0, kMilliseconds = 1, kSeconds = 2, kNanoseconds = 3, kDays = 4 };

// How the values of a sized field stand.
enum class SizedForm : uint8_t { kStrings = 0, kMessages = 1, kDates = 2 };

// The tags of a message in order, neighbours alike counted once.
struct NodeShape {
  std::vector<uint32_t> tags;
  std::vector<uint16_t> columns;  // of each tag, index into the node's columns
};

class NodeEncoder {
 public:
  // Adds a message as its fields. False, and nothing is added, if that would go beyond a limit.
  // The fields' bytes must outlive the encoder. `record`: index into the raw stamps given to Encode.
  bool AddRow(const std::vector<WireField>& fields, uint32_t record);
  size_t rows() const { return shape_of_row_.size(); }
  // `fields_left`: how many columns the frame may still have beyond those of this node.
  void Encode(const std::vector<int64_t>& raw_ms, size_t depth, size_t* fields_left, FrameStreams* out);
  size_t columns() const { return columns_.size(); }

 private:
  struct Column {
    uint32_t tag = 0;
    bool repeated = false;
    SizedForm form = SizedForm::kStrings;
    NodeClock clock = NodeClock::kNone;
    std::vector<uint64_t> counts;
    std::vector<uint64_t> numbers;
    std::vector<std::string_view> strings;
    std::vector<uint32_t> records;
    std::unique_ptr<NodeEncoder> messages;
  };

  bool FindShape(const std::vector<WireField>& fields, uint32_t* shape);
  bool AddShape(std::vector<uint32_t> tags, uint32_t* shape);
  uint16_t ColumnOf(uint32_t tag);
  void ChooseForm(Column* column, const std::vector<int64_t>& raw_ms, size_t depth, size_t* fields_left);
  static std::unique_ptr<NodeEncoder> AsMessages(const Column& column, size_t depth, size_t fields_left);
  static bool TakeDates(Column* column, const std::vector<int64_t>& raw_ms);
  static void ChooseClock(Column* column, const std::vector<int64_t>& raw_ms);
  void WriteShapes(FrameStreams* out) const;

  std::vector<NodeShape> shapes_;
  absl::flat_hash_map<std::string, uint32_t> shape_by_tags_;
  std::vector<uint64_t> shape_of_row_;
  std::vector<Column> columns_;
  absl::flat_hash_map<uint32_t, uint16_t> column_by_tag_;
};

class NodeDecoder {
 public:
  // Reads the columns of the messages of these records (one row each, in order). False after in->Fail().
  bool Read(const std::vector<uint32_t>& record_of_row, const std::vector<int64_t>& raw_ms, size_t depth,
            FrameReader* in);

  // Rebuilding: rows in order, each by NextRow and then, for each of its tags once and in
  // order, by NextCount and as often AppendOccurrence.
  const NodeShape& NextRow() { return shapes_[shape_of_row_[next_row_++]]; }
  // How many occurrences stand under the next run of that column's tag.
  uint64_t NextCount(uint16_t index);
  // Appends one occurrence, tag and value. False after in->Fail().
  bool AppendOccurrence(uint16_t index, FrameReader* in, std::string* out);

 private:
  struct Column {
    uint32_t tag = 0;
    std::string tag_bytes;
    bool repeated = false;
    SizedForm form = SizedForm::kStrings;
    NodeClock clock = NodeClock::kNone;
    uint64_t runs = 0;
    uint64_t total = 0;
    std::vector<uint64_t> counts;
    std::vector<uint64_t> numbers;
    std::vector<std::string_view> strings;
    std::vector<uint32_t> records;
    std::unique_ptr<NodeDecoder> messages;
    size_t next_count = 0;
    size_t next_value = 0;
  };

  bool ReadShapes(size_t rows, FrameReader* in);
  bool ReadShape(NodeShape* shape, absl::flat_hash_map<uint32_t, uint16_t>* column_by_tag, FrameReader* in);
  bool ReadFlags(Column* column, FrameReader* in);
  bool ReadCounts(FrameReader* in);
  void SpreadRecords(const std::vector<uint32_t>& record_of_row);
  bool ReadValues(Column* column, const std::vector<int64_t>& raw_ms, size_t depth, FrameReader* in);
  bool AppendMessage(FrameReader* in, std::string* out);

  std::vector<NodeShape> shapes_;
  std::vector<uint64_t> shape_of_row_;
  std::vector<Column> columns_;
  size_t next_row_ = 0;
};

// What a number column subtracts from a value in that record.
inline uint64_t ClockValue(NodeClock clock, int64_t raw_ms) {
  switch (clock) {
    case NodeClock::kMilliseconds:
      return static_cast<uint64_t>(raw_ms);
    case NodeClock::kSeconds:
      return static_cast<uint64_t>(raw_ms / 1'000);
    case NodeClock::kNanoseconds:
      return static_cast<uint64_t>(raw_ms % 1'000) * 1'000'000;
    case NodeClock::kDays:
      return static_cast<uint64_t>(raw_ms / 86'400'000);
    default:
      return 0;
  }
}

}  // namespace trellis
