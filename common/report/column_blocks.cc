#include "common/report/column_blocks.h"

#include <utility>

#include "common/report/block_bytes.h"

namespace trellis {
namespace {

constexpr uint64_t kMaxColumns = 4096;  // questions, or attributes, of one layout

void PutPlane(const Plane& plane, int words, std::string* out) {
  out->append(reinterpret_cast<const char*>(plane.words), static_cast<size_t>(words) * 8);
}

absl::Status Damaged(const char* what) {
  return absl::DataLossError(std::string("a report column's ") + what +
                             " block is damaged; rebuild the columns from the records");
}

}  // namespace

std::string EncodeColumnHeader(const ColumnHeader& header) {
  std::string out;
  PutVarint(kBlockVersion, &out);
  PutVarint(header.layout.questions.size(), &out);
  for (const QuestionColumn& question : header.layout.questions) {
    PutText(question.item, &out);
    PutVarint(static_cast<uint64_t>(question.options), &out);
  }
  PutVarint(header.layout.attributes.size(), &out);
  for (const std::string& attribute : header.layout.attributes) PutText(attribute, &out);
  for (const auto& dictionary : header.dictionaries) {
    PutVarint(dictionary.size() - 1, &out);
    for (size_t code = 1; code < dictionary.size(); ++code) PutText(dictionary[code], &out);
  }
  return out;
}

absl::StatusOr<ColumnHeader> DecodeColumnHeader(std::string_view bytes) {
  BlockReader reader(bytes);
  ColumnHeader header;
  for (uint64_t n = reader.Bounded(kMaxColumns); n > 0 && !reader.failed(); --n) {
    QuestionColumn question{.item = reader.Text()};
    question.options = static_cast<int>(reader.Bounded(kMaxOptions));
    header.layout.questions.push_back(std::move(question));
  }
  for (uint64_t n = reader.Bounded(kMaxColumns); n > 0 && !reader.failed(); --n) {
    header.layout.attributes.push_back(reader.Text());
  }
  for (size_t a = 0; a < header.layout.attributes.size() && !reader.failed(); ++a) {
    std::vector<std::string> dictionary{""};
    for (uint64_t n = reader.Bounded(65'535); n > 0 && !reader.failed(); --n) {
      dictionary.push_back(reader.Text());
    }
    header.dictionaries.push_back(std::move(dictionary));
  }
  if (!reader.Finished()) return Damaged("header");
  return header;
}

std::string EncodeSegment(const ColumnSegment& segment) {
  std::string out;
  PutVarint(kBlockVersion, &out);
  PutVarint(static_cast<uint64_t>(segment.slots()), &out);
  const int words = segment.words();
  PutPlane(segment.present(), words, &out);
  PutPlane(segment.complete(), words, &out);
  for (int a = 0; a < segment.attribute_count(); ++a) {
    PutVarint(segment.attribute_planes(a).size(), &out);
    for (const Plane& plane : segment.attribute_planes(a)) PutPlane(plane, words, &out);
  }
  for (int q = 0; q < segment.question_count(); ++q) {
    for (const Plane& plane : segment.answer_planes(q)) PutPlane(plane, words, &out);
  }
  return out;
}

std::string EncodeIdentities(const ColumnSegment& segment) {
  std::string out;
  PutVarint(kBlockVersion, &out);
  PutVarint(static_cast<uint64_t>(segment.slots()), &out);
  for (int slot = 0; slot < segment.slots(); ++slot) {
    if (segment.HasRow(slot)) PutIdentity(segment.identity(slot), &out);
  }
  return out;
}

absl::StatusOr<ColumnSegment> DecodeSegment(const ColumnLayout& layout, std::string_view bytes,
                                            std::string_view identities) {
  BlockReader reader(bytes);
  const int slots = static_cast<int>(reader.Bounded(kSegmentRows));
  SegmentPlanes planes;
  reader.ReadPlane(slots, &planes.present);
  reader.ReadPlane(slots, &planes.complete);
  planes.attributes.resize(layout.attributes.size());
  for (auto& attribute : planes.attributes) {
    attribute.resize(reader.Bounded(16));
    for (Plane& plane : attribute) reader.ReadPlane(slots, &plane);
  }
  for (const QuestionColumn& question : layout.questions) {
    for (int b = 0; b < question.bits(); ++b) reader.ReadPlane(slots, &planes.answers.emplace_back());
  }
  BlockReader ids(identities);
  if (ids.Bounded(kSegmentRows) != static_cast<uint64_t>(slots)) ids.Fail();
  if (!reader.Finished() || ids.failed()) return Damaged("segment");
  std::vector<RowIdentity> rows(slots);
  for (int slot = 0; slot < slots; ++slot) {
    if (planes.present.Get(slot)) rows[slot] = ids.Identity();
  }
  if (!ids.Finished()) return Damaged("identity");
  return ColumnSegment(layout, std::move(planes), std::move(rows));
}

std::string EncodeDeltaRow(const ColumnLayout& layout, const CodedRow& row) {
  std::string out;
  PutVarint(kBlockVersion, &out);
  out.push_back(row.complete ? 1 : 0);
  PutIdentity(row.identity, &out);
  out.append(reinterpret_cast<const char*>(row.answers.data()), layout.questions.size());
  for (uint16_t code : row.attributes) PutVarint(code, &out);
  return out;
}

absl::StatusOr<CodedRow> DecodeDeltaRow(const ColumnLayout& layout, std::string_view bytes) {
  BlockReader reader(bytes);
  CodedRow row;
  const uint8_t complete = reader.Byte();
  if (complete > 1) reader.Fail();
  row.complete = complete == 1;
  row.identity = reader.Identity();
  const std::string_view codes = reader.Bytes(layout.questions.size());
  row.answers.assign(codes.begin(), codes.end());
  for (size_t a = 0; a < layout.attributes.size(); ++a) {
    row.attributes.push_back(static_cast<uint16_t>(reader.Bounded(65'535)));
  }
  if (!reader.Finished()) return Damaged("delta");
  return row;
}

}  // namespace trellis
