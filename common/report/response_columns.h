// The responses of one (survey, wave, site): segments of bit planes and a delta area of single rows, folded
// into a segment at 256. What a scan or a read returns depends only on which rows are in, never on the order
// they came in; the physical place of a row does.
//
// Not thread-safe; scans of a const object may run together.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/column_segment.h"

namespace trellis {

// The blocks that differ from those last saved, to be put in one batch. nullopt: delete it.
struct ColumnChanges {
  std::optional<std::string> header;
  std::map<int, std::optional<std::string>> segments;
  std::map<int, std::optional<std::string>> identities;  // of the segment with the same number
  std::map<int, std::optional<std::string>> delta_rows;
};

class ResponseColumns {
 public:
  static constexpr int kFoldRows = 256;
  static constexpr size_t kMaxValues = 65'535;  // distinct values of one attribute, at one time

  explicit ResponseColumns(ColumnLayout layout);

  // Puts a response in, in place of the one with its id if there is one. InvalidArgument, with nothing
  // changed, if it does not fit the layout.
  absl::Status Put(const ResponseRow& row);
  // A further attribute, unknown for every row there is. REQUIRES: not yet in the layout.
  void AddAttribute(const std::string& attribute);
  // False if there is no such response.
  bool Remove(const RecordId& id);
  std::optional<ResponseRow> Get(const RecordId& id) const;
  // All rows in the order of their ids.
  std::vector<ResponseRow> RowsById() const;
  size_t size() const { return places_.size(); }
  // Another number after every change; no two columns of a process ever share one, but copies.
  uint64_t revision() const { return revision_; }

  const ColumnLayout& layout() const { return layout_; }
  // -1 if there is none.
  int QuestionIndex(std::string_view item) const;
  int AttributeIndex(std::string_view attribute) const;
  // The value a code stands for; code 0 is the empty value, another empty one is free: no row has it.
  const std::vector<std::string>& dictionary(int attribute) const { return dictionaries_[attribute]; }

  const std::vector<ColumnSegment>& segments() const { return segments_; }
  const std::vector<CodedRow>& delta() const { return delta_; }

  // The blocks changed since Saved (column_blocks.h has their bytes).
  ColumnChanges Changes() const;
  // What Changes told is stored.
  void Saved();
  // From the blocks as stored, in the order of their numbers. DataLoss if they are damaged.
  static absl::StatusOr<ResponseColumns> FromBlocks(std::string_view header,
                                                    const std::map<int, std::string>& segments,
                                                    const std::map<int, std::string>& identities,
                                                    const std::map<int, std::string>& delta_rows);

 private:
  struct Place {
    int segment = 0;  // kInDelta: in the delta area
    int slot = 0;
  };
  static constexpr int kInDelta = -1;
  struct IdHash {
    size_t operator()(const RecordId& id) const { return absl::HashOf(id.bytes); }
  };

  absl::Status Check(const ResponseRow& row) const;
  CodedRow Encode(const ResponseRow& row);
  // The code of a value, new if it has none yet.
  uint16_t CodeOf(size_t attribute, const std::string& value);
  // A row with these codes goes: a value no row has any more is forgotten.
  void Release(const std::vector<uint16_t>& attributes);
  ResponseRow Decode(CodedRow row) const;
  ResponseRow At(Place place) const;
  void Fold();
  void RemoveFromDelta(int slot);
  // Takes in a segment or row from its blocks.
  absl::Status Adopt(int number, ColumnSegment segment);
  absl::Status Adopt(CodedRow row);
  // Counts the uses of the values; false if a row has a code without one.
  bool CountUses(const ColumnSegment& segment);

  ColumnLayout layout_;
  std::vector<std::vector<std::string>> dictionaries_;
  std::vector<absl::flat_hash_map<std::string, uint16_t>> codes_;  // the dictionaries the other way
  std::vector<std::vector<uint32_t>> uses_;                        // [attribute][code]: rows that have it
  std::vector<ColumnSegment> segments_;
  std::vector<CodedRow> delta_;
  absl::flat_hash_map<RecordId, Place, IdHash> places_;

  static uint64_t NextRevision();

  uint64_t revision_ = NextRevision();
  bool header_changed_ = true;
  std::set<int> changed_segments_;
  std::set<int> changed_identities_;
  std::set<int> changed_deltas_;
};

}  // namespace trellis
