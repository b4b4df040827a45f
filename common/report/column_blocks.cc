#include "common/report/column_blocks.h"

#include <cstring>
#include <utility>

namespace trellis {
namespace {

constexpr uint64_t kVersion = 1;
constexpr uint64_t kMaxColumns = 4096;   // questions, or attributes, of one layout
constexpr uint64_t kMaxText = 64 << 10;  // bytes of one text

void PutVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

void PutText(std::string_view text, std::string* out) {
  PutVarint(text.size(), out);
  out->append(text);
}

void PutPlane(const Plane& plane, int words, std::string* out) {
  out->append(reinterpret_cast<const char*>(plane.words), static_cast<size_t>(words) * 8);
}

void PutIdentity(const RowIdentity& identity, std::string* out) {
  out->append(identity.id.view());
  PutText(identity.respondent_key, out);
  const auto ms = static_cast<uint64_t>(identity.submitted_ms);
  PutVarint((ms << 1) ^ (identity.submitted_ms < 0 ? ~uint64_t{0} : 0), out);
}

// Reads a block; the first failure sticks, and everything read afterwards is empty.
class BlockReader {
 public:
  explicit BlockReader(std::string_view bytes) : rest_(bytes) {
    if (Varint() != kVersion) Fail();
  }

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = Byte();
      if (shift == 63 && byte > 1) Fail();
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80)) return failed_ ? 0 : value;
    }
    Fail();
    return 0;
  }

  // A varint of at most `limit`.
  uint64_t Bounded(uint64_t limit) {
    const uint64_t value = Varint();
    if (value > limit) Fail();
    return failed_ ? 0 : value;
  }

  uint8_t Byte() {
    const std::string_view bytes = Bytes(1);
    return bytes.empty() ? 0 : static_cast<uint8_t>(bytes[0]);
  }

  std::string_view Bytes(size_t n) {
    if (failed_ || rest_.size() < n) {
      Fail();
      return {};
    }
    const std::string_view bytes = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return bytes;
  }

  std::string Text() { return std::string(Bytes(Bounded(kMaxText))); }

  Plane ReadPlane(int slots) {
    Plane plane;
    const std::string_view bytes = Bytes(static_cast<size_t>((slots + 63) / 64) * 8);
    std::memcpy(plane.words, bytes.data(), bytes.size());
    // Bits beyond the last slot would be counted as rows.
    if (slots % 64 != 0 && (plane.words[slots / 64] >> (slots % 64)) != 0) Fail();
    return plane;
  }

  RowIdentity Identity() {
    RowIdentity identity;
    const std::string_view id = Bytes(16);
    if (id.size() == 16) identity.id = RecordId::FromBytes(id);
    identity.respondent_key = Text();
    const uint64_t zigzag = Varint();
    identity.submitted_ms = static_cast<int64_t>((zigzag >> 1) ^ (~(zigzag & 1) + 1));
    return identity;
  }

  void Fail() { failed_ = true; }
  bool failed() const { return failed_; }
  bool Finished() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

absl::Status Damaged(const char* what) {
  return absl::DataLossError(std::string("a report column's ") + what +
                             " block is damaged; rebuild the columns from the records");
}

}  // namespace

std::string EncodeColumnHeader(const ColumnHeader& header) {
  std::string out;
  PutVarint(kVersion, &out);
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
  PutVarint(kVersion, &out);
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
  PutVarint(kVersion, &out);
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
  const Plane present = reader.ReadPlane(slots);
  const Plane complete = reader.ReadPlane(slots);
  std::vector<std::vector<Plane>> attributes(layout.attributes.size());
  for (auto& planes : attributes) {
    for (uint64_t n = reader.Bounded(16); n > 0 && !reader.failed(); --n) {
      planes.push_back(reader.ReadPlane(slots));
    }
  }
  std::vector<std::vector<Plane>> answers(layout.questions.size());
  for (size_t q = 0; q < answers.size(); ++q) {
    for (int b = 0; b < layout.questions[q].bits(); ++b) answers[q].push_back(reader.ReadPlane(slots));
  }
  BlockReader ids(identities);
  if (ids.Bounded(kSegmentRows) != static_cast<uint64_t>(slots)) ids.Fail();
  if (!reader.Finished() || ids.failed()) return Damaged("segment");

  const auto code_of = [](const std::vector<Plane>& planes, int slot) {
    unsigned code = 0;
    for (size_t b = 0; b < planes.size(); ++b) code |= static_cast<unsigned>(planes[b].Get(slot)) << b;
    return code;
  };
  ColumnSegment segment(layout);
  for (int slot = 0; slot < slots; ++slot) {
    if (!present.Get(slot)) {
      segment.AppendEmpty();
      continue;
    }
    CodedRow row{.identity = ids.Identity(), .complete = complete.Get(slot)};
    for (const auto& planes : answers) row.answers.push_back(static_cast<uint8_t>(code_of(planes, slot)));
    for (const auto& planes : attributes) {
      row.attributes.push_back(static_cast<uint16_t>(code_of(planes, slot)));
    }
    segment.Append(std::move(row));
  }
  if (!ids.Finished()) return Damaged("identity");
  return segment;
}

std::string EncodeDeltaRow(const ColumnLayout& layout, const CodedRow& row) {
  std::string out;
  PutVarint(kVersion, &out);
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
