// Up to 2,048 responses of one (survey, wave, site) as bit planes. Rows are slots: a removed response leaves
// an empty one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/report/bit_planes.h"
#include "common/report/column_layout.h"

namespace trellis {

// A response as codes; attribute codes index the dictionaries of the columns it is in, 0 is unknown.
struct CodedRow {
  RowIdentity identity;
  bool complete = false;
  std::vector<uint8_t> answers;
  std::vector<uint16_t> attributes;
  friend bool operator==(const CodedRow&, const CodedRow&) = default;
};

// A segment's planes as they stand in its blocks.
struct SegmentPlanes {
  Plane present;
  Plane complete;
  std::vector<Plane> answers;                  // bits() of each question, one after the other
  std::vector<std::vector<Plane>> attributes;  // by attribute
};

class ColumnSegment {
 public:
  explicit ColumnSegment(const ColumnLayout& layout);
  // REQUIRES: planes of this layout; an identity a slot, at most kSegmentRows.
  ColumnSegment(const ColumnLayout& layout, SegmentPlanes planes, std::vector<RowIdentity> identities);

  int slots() const { return static_cast<int>(identities_.size()); }
  // Words that hold slots.
  int words() const { return (slots() + 63) / 64; }
  bool full() const { return slots() == kSegmentRows; }
  bool HasRow(int slot) const { return present_.Get(slot); }
  bool empty() const;

  // Returns the slot. REQUIRES: !full().
  int Append(CodedRow row);
  // Appends a slot nothing is in, as a removed row leaves one. REQUIRES: !full().
  void AppendEmpty();
  // A further attribute, code 0 in every row.
  void AddAttribute() { attributes_.emplace_back(); }
  // Patches the planes in place. REQUIRES: slot < slots().
  void Replace(int slot, CodedRow row);
  void Remove(int slot);
  // REQUIRES: HasRow(slot).
  CodedRow Row(int slot) const;

  const RowIdentity& identity(int slot) const { return identities_[slot]; }
  const Plane& present() const { return present_; }
  const Plane& complete() const { return complete_; }
  std::span<const Plane> answer_planes(int question) const {
    return std::span<const Plane>(answers_).subspan(offsets_[question],
                                                    offsets_[question + 1] - offsets_[question]);
  }
  std::span<const Plane> attribute_planes(int attribute) const { return attributes_[attribute]; }
  int attribute_count() const { return static_cast<int>(attributes_.size()); }
  int question_count() const { return static_cast<int>(offsets_.size()) - 1; }

  // The rows whose attribute has this code.
  Plane RowsWith(int attribute, uint16_t code) const;
  // The rows submitted at or before `until_ms`.
  Plane RowsUntil(int64_t until_ms) const;

 private:
  void Write(int slot, const CodedRow& row);

  std::vector<int> offsets_;  // of each question's planes in answers_, and the end
  Plane present_;
  Plane complete_;
  std::vector<Plane> answers_;
  std::vector<std::vector<Plane>> attributes_;  // as many planes as the greatest code seen needs
  std::vector<RowIdentity> identities_;
};

}  // namespace trellis
