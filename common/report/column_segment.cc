#include "common/report/column_segment.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace trellis {

ColumnSegment::ColumnSegment(const ColumnLayout& layout) : attributes_(layout.attributes.size()) {
  int offset = 0;
  for (const QuestionColumn& question : layout.questions) {
    offsets_.push_back(offset);
    offset += question.bits();
  }
  offsets_.push_back(offset);
  answers_.resize(offset);
}

ColumnSegment::ColumnSegment(const ColumnLayout& layout, SegmentPlanes planes,
                             std::vector<RowIdentity> identities)
    : ColumnSegment(layout) {
  assert(planes.answers.size() == answers_.size() && planes.attributes.size() == attributes_.size());
  assert(identities.size() <= kSegmentRows);
  present_ = planes.present;
  complete_ = planes.complete;
  answers_ = std::move(planes.answers);
  attributes_ = std::move(planes.attributes);
  identities_ = std::move(identities);
}

bool ColumnSegment::empty() const {
  return std::all_of(std::begin(present_.words), std::end(present_.words), [](uint64_t w) { return w == 0; });
}

int ColumnSegment::Append(CodedRow row) {
  assert(!full());
  const int slot = slots();
  identities_.emplace_back();
  Replace(slot, std::move(row));
  return slot;
}

void ColumnSegment::AppendEmpty() {
  assert(!full());
  identities_.emplace_back();
}

void ColumnSegment::Replace(int slot, CodedRow row) {
  Write(slot, row);
  present_.Set(slot, true);
  identities_[slot] = std::move(row.identity);
}

void ColumnSegment::Remove(int slot) {
  Write(slot, CodedRow{.answers = std::vector<uint8_t>(question_count()),
                       .attributes = std::vector<uint16_t>(attributes_.size())});
  present_.Set(slot, false);
  identities_[slot] = RowIdentity{};
}

void ColumnSegment::Write(int slot, const CodedRow& row) {
  complete_.Set(slot, row.complete);
  for (int q = 0; q < question_count(); ++q) {
    for (int b = offsets_[q]; b < offsets_[q + 1]; ++b) {
      answers_[b].Set(slot, (row.answers[q] >> (b - offsets_[q])) & 1);
    }
  }
  for (size_t a = 0; a < attributes_.size(); ++a) {
    const auto bits = static_cast<size_t>(std::bit_width(row.attributes[a]));
    if (attributes_[a].size() < bits) attributes_[a].resize(bits);
    for (size_t b = 0; b < attributes_[a].size(); ++b) {
      attributes_[a][b].Set(slot, (row.attributes[a] >> b) & 1);
    }
  }
}

CodedRow ColumnSegment::Row(int slot) const {
  assert(HasRow(slot));
  CodedRow row{.identity = identities_[slot], .complete = complete_.Get(slot)};
  for (int q = 0; q < question_count(); ++q) {
    uint8_t code = 0;
    for (int b = offsets_[q]; b < offsets_[q + 1]; ++b) code |= answers_[b].Get(slot) << (b - offsets_[q]);
    row.answers.push_back(code);
  }
  for (const auto& planes : attributes_) {
    uint16_t code = 0;
    for (size_t b = 0; b < planes.size(); ++b) code |= planes[b].Get(slot) << b;
    row.attributes.push_back(code);
  }
  return row;
}

Plane ColumnSegment::RowsWith(int attribute, uint16_t code) const {
  const std::vector<Plane>& planes = attributes_[attribute];
  if (static_cast<size_t>(std::bit_width(code)) > planes.size()) return Plane{};
  Plane rows = present_;
  for (size_t b = 0; b < planes.size(); ++b) {
    const uint64_t flip = (code >> b) & 1 ? 0 : ~uint64_t{0};
    for (int w = 0; w < kPlaneWords; ++w) rows.words[w] &= planes[b].words[w] ^ flip;
  }
  return rows;
}

Plane ColumnSegment::RowsUntil(int64_t until_ms) const {
  Plane rows;
  for (int slot = 0; slot < slots(); ++slot) {
    if (HasRow(slot) && identities_[slot].submitted_ms <= until_ms) rows.Set(slot, true);
  }
  return rows;
}

}  // namespace trellis
