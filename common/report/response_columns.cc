#include "common/report/response_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "common/report/column_blocks.h"

namespace trellis {
namespace {

// The rows of a segment, those alike in their attributes together: a scan by them then meets each group in
// few words.
ColumnSegment SortedByAttributes(const ColumnLayout& layout, const ColumnSegment& segment) {
  std::vector<CodedRow> rows;
  for (int slot = 0; slot < segment.slots(); ++slot) {
    if (segment.HasRow(slot)) rows.push_back(segment.Row(slot));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const CodedRow& a, const CodedRow& b) { return a.attributes < b.attributes; });
  ColumnSegment sorted(layout);
  for (CodedRow& row : rows) sorted.Append(std::move(row));
  return sorted;
}

}  // namespace

ResponseColumns::ResponseColumns(ColumnLayout layout)
    : layout_(std::move(layout)),
      dictionaries_(layout_.attributes.size(), std::vector<std::string>{""}),
      codes_(layout_.attributes.size()),
      uses_(layout_.attributes.size(), std::vector<uint32_t>(1)) {}

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
    if (codes_[a].size() >= kMaxValues && !row.attributes[a].empty() &&
        !codes_[a].contains(row.attributes[a])) {
      return absl::InvalidArgumentError(
          fmt::format("attribute {} has more than {} different values", layout_.attributes[a], kMaxValues));
    }
  }
  return absl::OkStatus();
}

uint16_t ResponseColumns::CodeOf(size_t attribute, const std::string& value) {
  if (value.empty()) return 0;
  std::vector<std::string>& dictionary = dictionaries_[attribute];
  const bool has_free = codes_[attribute].size() + 1 < dictionary.size();
  const auto [at, fresh] = codes_[attribute].try_emplace(value, static_cast<uint16_t>(dictionary.size()));
  if (!fresh) return at->second;
  header_changed_ = true;
  if (has_free) {
    const auto free = std::find(dictionary.begin() + 1, dictionary.end(), "");
    at->second = static_cast<uint16_t>(free - dictionary.begin());
    *free = value;
  } else {
    dictionary.push_back(value);
    uses_[attribute].push_back(0);
  }
  return at->second;
}

CodedRow ResponseColumns::Encode(const ResponseRow& row) {
  CodedRow coded{.identity = row.identity, .complete = row.complete, .answers = row.answers};
  for (size_t a = 0; a < row.attributes.size(); ++a) {
    coded.attributes.push_back(CodeOf(a, row.attributes[a]));
    ++uses_[a][coded.attributes.back()];
  }
  return coded;
}

void ResponseColumns::Release(const std::vector<uint16_t>& attributes) {
  for (size_t a = 0; a < attributes.size(); ++a) {
    const uint16_t code = attributes[a];
    if (--uses_[a][code] > 0 || code == 0) continue;
    codes_[a].erase(dictionaries_[a][code]);
    dictionaries_[a][code].clear();
    header_changed_ = true;
  }
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
      std::swap(delta_[place.slot], coded);
      changed_deltas_.insert(place.slot);
      Release(coded.attributes);
      return absl::OkStatus();
    }
    ColumnSegment& segment = segments_[place.segment];
    if (!(segment.identity(place.slot) == coded.identity)) changed_identities_.insert(place.segment);
    changed_segments_.insert(place.segment);
    const CodedRow before = segment.Row(place.slot);
    segment.Replace(place.slot, std::move(coded));
    Release(before.attributes);
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
  uses_.push_back({static_cast<uint32_t>(size())});
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
    changed_identities_.insert(segment);
    if (!segments_.back().full()) continue;
    segments_.back() = SortedByAttributes(layout_, segments_.back());
    for (int slot = 0; slot < segments_.back().slots(); ++slot) {
      places_[segments_.back().identity(slot).id] = Place{segment, slot};
    }
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
  Release(segment.Row(place.slot).attributes);
  segment.Remove(place.slot);
  if (segment.empty()) segment = ColumnSegment(layout_);
  changed_segments_.insert(place.segment);
  changed_identities_.insert(place.segment);
  return true;
}

void ResponseColumns::RemoveFromDelta(int slot) {
  const int last = static_cast<int>(delta_.size()) - 1;
  Release(delta_[slot].attributes);
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

ColumnChanges ResponseColumns::Changes() const {
  ColumnChanges changes;
  if (header_changed_) changes.header = EncodeColumnHeader({layout_, dictionaries_});
  for (int number : changed_segments_) {
    const ColumnSegment& segment = segments_[number];
    changes.segments[number] = segment.slots() == 0 ? std::nullopt : std::optional(EncodeSegment(segment));
  }
  for (int number : changed_identities_) {
    const ColumnSegment& segment = segments_[number];
    changes.identities[number] =
        segment.slots() == 0 ? std::nullopt : std::optional(EncodeIdentities(segment));
  }
  for (int slot : changed_deltas_) {
    changes.delta_rows[slot] = slot < static_cast<int>(delta_.size())
                                   ? std::optional(EncodeDeltaRow(layout_, delta_[slot]))
                                   : std::nullopt;
  }
  return changes;
}

void ResponseColumns::Saved() {
  header_changed_ = false;
  changed_segments_.clear();
  changed_identities_.clear();
  changed_deltas_.clear();
}

bool ResponseColumns::CountUses(const ColumnSegment& segment) {
  for (int a = 0; a < segment.attribute_count(); ++a) {
    const std::span<const Plane> planes = segment.attribute_planes(a);
    for (int slot = 0; slot < segment.slots(); ++slot) {
      if (!segment.HasRow(slot)) continue;
      size_t code = 0;
      for (size_t b = 0; b < planes.size(); ++b) code |= static_cast<size_t>(planes[b].Get(slot)) << b;
      if (code >= dictionaries_[a].size() || (code > 0 && dictionaries_[a][code].empty())) return false;
      ++uses_[a][code];
    }
  }
  return true;
}

absl::Status ResponseColumns::Adopt(int number, ColumnSegment segment) {
  std::vector<uint8_t> codes(kSegmentRows);
  for (int q = 0; q < segment.question_count(); ++q) {
    const QuestionColumn& question = layout_.questions[q];
    if (question.options + 3 == 1 << question.bits()) continue;
    DecodeCodes(segment.answer_planes(q), segment.words(), codes);
    for (int slot = 0; slot < segment.slots(); ++slot) {
      if (segment.HasRow(slot) && codes[slot] > question.not_shown()) {
        return absl::DataLossError("a report column holds a code beyond its options; rebuild the columns");
      }
    }
  }
  if (!CountUses(segment)) {
    return absl::DataLossError(
        "a report column names an attribute value that is not listed; rebuild the columns");
  }
  for (int slot = 0; slot < segment.slots(); ++slot) {
    if (!segment.HasRow(slot)) continue;
    if (!places_.emplace(segment.identity(slot).id, Place{number, slot}).second) {
      return absl::DataLossError("a response stands twice in the report columns; rebuild the columns");
    }
  }
  segments_.push_back(std::move(segment));
  return absl::OkStatus();
}

absl::Status ResponseColumns::Adopt(CodedRow row) {
  for (size_t q = 0; q < row.answers.size(); ++q) {
    if (row.answers[q] > layout_.questions[q].not_shown()) {
      return absl::DataLossError("a report column holds a code beyond its options; rebuild the columns");
    }
  }
  for (size_t a = 0; a < row.attributes.size(); ++a) {
    const uint16_t code = row.attributes[a];
    if (code >= dictionaries_[a].size() || (code > 0 && dictionaries_[a][code].empty())) {
      return absl::DataLossError(
          "a report column names an attribute value that is not listed; rebuild the columns");
    }
    ++uses_[a][code];
  }
  if (!places_.emplace(row.identity.id, Place{kInDelta, static_cast<int>(delta_.size())}).second) {
    return absl::DataLossError("a response stands twice in the report columns; rebuild the columns");
  }
  delta_.push_back(std::move(row));
  return absl::OkStatus();
}

absl::StatusOr<ResponseColumns> ResponseColumns::FromBlocks(std::string_view header,
                                                            const std::map<int, std::string>& segments,
                                                            const std::map<int, std::string>& identities,
                                                            const std::map<int, std::string>& delta_rows) {
  auto decoded = DecodeColumnHeader(header);
  if (!decoded.ok()) return decoded.status();
  ResponseColumns columns(decoded->layout);
  columns.dictionaries_ = decoded->dictionaries;
  for (size_t a = 0; a < columns.dictionaries_.size(); ++a) {
    columns.uses_[a].resize(columns.dictionaries_[a].size());
    for (size_t code = 1; code < columns.dictionaries_[a].size(); ++code) {
      if (columns.dictionaries_[a][code].empty()) continue;
      columns.codes_[a].emplace(columns.dictionaries_[a][code], static_cast<uint16_t>(code));
    }
  }
  columns.places_.reserve(segments.size() * kSegmentRows);
  for (const auto& [number, bytes] : segments) {
    const auto ids = identities.find(number);
    if (number < 0 || number > (1 << 20) || ids == identities.end()) {
      return absl::DataLossError("a segment of the report columns lacks its ids; rebuild the columns");
    }
    auto segment = DecodeSegment(columns.layout_, bytes, ids->second);
    if (!segment.ok()) return segment.status();
    while (static_cast<int>(columns.segments_.size()) < number)
      columns.segments_.emplace_back(columns.layout_);
    if (absl::Status status = columns.Adopt(number, *std::move(segment)); !status.ok()) return status;
  }
  for (const auto& [slot, bytes] : delta_rows) {
    auto row = DecodeDeltaRow(columns.layout_, bytes);
    if (!row.ok()) return row.status();
    if (slot != static_cast<int>(columns.delta_.size())) {
      return absl::DataLossError("a row of the report columns is missing; rebuild the columns");
    }
    if (absl::Status status = columns.Adopt(*std::move(row)); !status.ok()) return status;
  }
  columns.Saved();
  return columns;
}

}  // namespace trellis
