#include "common/report/response_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "common/report/column_blocks.h"

namespace trellis {

ResponseColumns::ResponseColumns(ColumnLayout layout)
    : layout_(std::move(layout)),
      dictionaries_(layout_.attributes.size(), std::vector<std::string>{""}),
      codes_(layout_.attributes.size()) {}

absl::Status ResponseColumns::Check(const ResponseRow& row) const {
  if (row.answers.size() != layout_.questions.size() || row.attributes.size() != layout_.attributes.size()) {
    return absl::InvalidArgumentError(
        fmt::format("response {} has {} answers and {} attributes where the wave's columns have {} and {}",
                    row.identity.id.ToString(), row.answers.size(), row.attributes.size(),
                    layout_.questions.size(), layout_.attributes.size()));
  }
  for (size_t q = 0; q < row.answers.size(); ++q) {
    if (row.answers[q] > layout_.questions[q].not_shown()) {
      return absl::InvalidArgumentError(fmt::format(
          "response {} answers {} with code {}; its options end at {}", row.identity.id.ToString(),
          layout_.questions[q].item, row.answers[q], layout_.questions[q].options));
    }
  }
  for (size_t a = 0; a < row.attributes.size(); ++a) {
    if (dictionaries_[a].size() > kMaxValues && !row.attributes[a].empty() &&
        !codes_[a].contains(row.attributes[a])) {
      return absl::InvalidArgumentError(
          fmt::format("attribute {} has more than {} different values", layout_.attributes[a], kMaxValues));
    }
  }
  return absl::OkStatus();
}

CodedRow ResponseColumns::Encode(const ResponseRow& row) {
  CodedRow coded{.identity = row.identity, .complete = row.complete, .answers = row.answers};
  for (size_t a = 0; a < row.attributes.size(); ++a) {
    uint16_t code = 0;
    if (!row.attributes[a].empty()) {
      const auto [at, fresh] =
          codes_[a].try_emplace(row.attributes[a], static_cast<uint16_t>(dictionaries_[a].size()));
      code = at->second;
      if (fresh) {
        dictionaries_[a].push_back(row.attributes[a]);
        header_changed_ = true;
      }
    }
    coded.attributes.push_back(code);
  }
  return coded;
}

ResponseRow ResponseColumns::Decode(CodedRow row) const {
  ResponseRow decoded{.identity = std::move(row.identity), .complete = row.complete};
  decoded.answers = std::move(row.answers);
  for (size_t a = 0; a < row.attributes.size(); ++a) {
    decoded.attributes.push_back(dictionaries_[a][row.attributes[a]]);
  }
  return decoded;
}

uint64_t ResponseColumns::NextRevision() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

absl::Status ResponseColumns::Put(const ResponseRow& row) {
  if (absl::Status status = Check(row); !status.ok()) return status;
  revision_ = NextRevision();
  CodedRow coded = Encode(row);
  const auto found = places_.find(row.identity.id);
  if (found != places_.end()) {
    const Place place = found->second;
    if (place.segment == kInDelta) {
      delta_[place.slot] = std::move(coded);
      changed_deltas_.insert(place.slot);
    } else {
      segments_[place.segment].Replace(place.slot, std::move(coded));
      changed_segments_.insert(place.segment);
    }
    return absl::OkStatus();
  }
  const int slot = static_cast<int>(delta_.size());
  places_[row.identity.id] = Place{kInDelta, slot};
  delta_.push_back(std::move(coded));
  changed_deltas_.insert(slot);
  if (delta_.size() == kFoldRows) Fold();
  return absl::OkStatus();
}

void ResponseColumns::AddAttribute(const std::string& attribute) {
  layout_.attributes.push_back(attribute);
  dictionaries_.push_back({""});
  codes_.emplace_back();
  for (ColumnSegment& segment : segments_) segment.AddAttribute();
  for (CodedRow& row : delta_) row.attributes.push_back(0);
  header_changed_ = true;
  for (int number = 0; number < static_cast<int>(segments_.size()); ++number)
    changed_segments_.insert(number);
  for (int slot = 0; slot < static_cast<int>(delta_.size()); ++slot) changed_deltas_.insert(slot);
}

void ResponseColumns::Fold() {
  for (CodedRow& row : delta_) {
    if (segments_.empty() || segments_.back().full()) segments_.emplace_back(layout_);
    const int segment = static_cast<int>(segments_.size()) - 1;
    const RecordId id = row.identity.id;
    places_[id] = Place{segment, segments_.back().Append(std::move(row))};
    changed_segments_.insert(segment);
  }
  for (int slot = 0; slot < static_cast<int>(delta_.size()); ++slot) changed_deltas_.insert(slot);
  delta_.clear();
}

bool ResponseColumns::Remove(const RecordId& id) {
  const auto found = places_.find(id);
  if (found == places_.end()) return false;
  revision_ = NextRevision();
  const Place place = found->second;
  places_.erase(found);
  if (place.segment == kInDelta) {
    RemoveFromDelta(place.slot);
    return true;
  }
  ColumnSegment& segment = segments_[place.segment];
  segment.Remove(place.slot);
  if (segment.empty()) segment = ColumnSegment(layout_);
  changed_segments_.insert(place.segment);
  return true;
}

void ResponseColumns::RemoveFromDelta(int slot) {
  const int last = static_cast<int>(delta_.size()) - 1;
  if (slot != last) {
    delta_[slot] = std::move(delta_[last]);
    places_[delta_[slot].identity.id].slot = slot;
  }
  delta_.pop_back();
  changed_deltas_.insert(slot);
  changed_deltas_.insert(last);
}

ResponseRow ResponseColumns::At(Place place) const {
  return Decode(place.segment == kInDelta ? delta_[place.slot] : segments_[place.segment].Row(place.slot));
}

std::optional<ResponseRow> ResponseColumns::Get(const RecordId& id) const {
  const auto found = places_.find(id);
  if (found == places_.end()) return std::nullopt;
  return At(found->second);
}

std::vector<ResponseRow> ResponseColumns::RowsById() const {
  std::vector<std::pair<RecordId, Place>> places(places_.begin(), places_.end());
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<ResponseRow> rows;
  rows.reserve(places.size());
  for (const auto& [id, place] : places) rows.push_back(At(place));
  return rows;
}

int ResponseColumns::QuestionIndex(std::string_view item) const {
  for (size_t q = 0; q < layout_.questions.size(); ++q) {
    if (layout_.questions[q].item == item) return static_cast<int>(q);
  }
  return -1;
}

int ResponseColumns::AttributeIndex(std::string_view attribute) const {
  for (size_t a = 0; a < layout_.attributes.size(); ++a) {
    if (layout_.attributes[a] == attribute) return static_cast<int>(a);
  }
  return -1;
}

ColumnChanges ResponseColumns::TakeChanges() {
  ColumnChanges changes;
  if (header_changed_) changes.header = EncodeColumnHeader({layout_, dictionaries_});
  for (int number : changed_segments_) {
    const ColumnSegment& segment = segments_[number];
    const bool gone = segment.slots() == 0;
    changes.segments[number] = gone ? std::nullopt : std::optional(EncodeSegment(segment));
    changes.identities[number] = gone ? std::nullopt : std::optional(EncodeIdentities(segment));
  }
  for (int slot : changed_deltas_) {
    changes.delta_rows[slot] = slot < static_cast<int>(delta_.size())
                                   ? std::optional(EncodeDeltaRow(layout_, delta_[slot]))
                                   : std::nullopt;
  }
  header_changed_ = false;
  changed_segments_.clear();
  changed_deltas_.clear();
  return changes;
}

absl::Status ResponseColumns::Adopt(const CodedRow& row) const {
  for (size_t q = 0; q < row.answers.size(); ++q) {
    if (row.answers[q] > layout_.questions[q].not_shown()) {
      return absl::DataLossError("a report column holds a code beyond its options; rebuild the columns");
    }
  }
  for (size_t a = 0; a < row.attributes.size(); ++a) {
    if (row.attributes[a] >= dictionaries_[a].size()) {
      return absl::DataLossError(
          "a report column names an attribute value that is not listed; rebuild the columns");
    }
  }
  return absl::OkStatus();
}

bool ResponseColumns::Index(const RecordId& id, Place place) { return places_.emplace(id, place).second; }

absl::StatusOr<ResponseColumns> ResponseColumns::FromBlocks(std::string_view header,
                                                            const std::map<int, std::string>& segments,
                                                            const std::map<int, std::string>& identities,
                                                            const std::map<int, std::string>& delta_rows) {
  auto decoded = DecodeColumnHeader(header);
  if (!decoded.ok()) return decoded.status();
  ResponseColumns columns(decoded->layout);
  columns.dictionaries_ = decoded->dictionaries;
  for (size_t a = 0; a < columns.dictionaries_.size(); ++a) {
    for (size_t code = 1; code < columns.dictionaries_[a].size(); ++code) {
      columns.codes_[a].emplace(columns.dictionaries_[a][code], static_cast<uint16_t>(code));
    }
  }
  const auto twice =
      absl::DataLossError("a response stands twice in the report columns; rebuild the columns");
  for (const auto& [number, bytes] : segments) {
    const auto ids = identities.find(number);
    if (number < 0 || number > (1 << 20) || ids == identities.end()) {
      return absl::DataLossError("a segment of the report columns lacks its ids; rebuild the columns");
    }
    auto segment = DecodeSegment(columns.layout_, bytes, ids->second);
    if (!segment.ok()) return segment.status();
    while (static_cast<int>(columns.segments_.size()) < number)
      columns.segments_.emplace_back(columns.layout_);
    for (int slot = 0; slot < segment->slots(); ++slot) {
      if (!segment->HasRow(slot)) continue;
      if (absl::Status status = columns.Adopt(segment->Row(slot)); !status.ok()) return status;
      if (!columns.Index(segment->identity(slot).id, {number, slot})) return twice;
    }
    columns.segments_.push_back(*std::move(segment));
  }
  for (const auto& [slot, bytes] : delta_rows) {
    auto row = DecodeDeltaRow(columns.layout_, bytes);
    if (!row.ok()) return row.status();
    if (slot != static_cast<int>(columns.delta_.size())) {
      return absl::DataLossError("a row of the report columns is missing; rebuild the columns");
    }
    if (absl::Status status = columns.Adopt(*row); !status.ok()) return status;
    if (!columns.Index(row->identity.id, {kInDelta, slot})) return twice;
    columns.delta_.push_back(*std::move(row));
  }
  columns.header_changed_ = false;
  return columns;
}

}  // namespace trellis
