#include "common/report/view_blocks.h"

#include "common/report/block_bytes.h"

namespace trellis {
namespace {

constexpr uint64_t kMaxSlots = 4096;
constexpr size_t kIdBytes = 16;
constexpr size_t kGroupKeyBytes = 10;

void AppendBig32(uint32_t value, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift));
}

uint32_t Big32(std::string_view bytes) {
  uint32_t value = 0;
  for (char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

absl::Status Damaged() {
  return absl::DataLossError("a row of the report columns is damaged; rebuild them from the records");
}

void PutSlots(const std::vector<uint32_t>& slots, std::string* out) {
  PutVarint(slots.size(), out);
  for (uint32_t slot : slots) PutVarint(slot, out);
}

std::vector<uint32_t> Slots(BlockReader* reader) {
  std::vector<uint32_t> slots(reader->Bounded(kMaxSlots));
  for (uint32_t& slot : slots) slot = static_cast<uint32_t>(reader->Bounded(UINT32_MAX));
  return slots;
}

void PutBytes(const std::vector<uint8_t>& bytes, std::string* out) {
  PutVarint(bytes.size(), out);
  out->append(bytes.begin(), bytes.end());
}

std::vector<uint8_t> ByteList(BlockReader* reader) {
  const std::string_view bytes = reader->Bytes(reader->Bounded(UINT32_MAX));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::string GroupPrefix(uint32_t group) {
  std::string key(1, kGroupRow);
  AppendBig32(group, &key);
  return key;
}

std::string GroupKeyOf(uint32_t group, GroupPart part, uint32_t number) {
  std::string key = GroupPrefix(group);
  key.push_back(static_cast<char>(part));
  AppendBig32(number, &key);
  return key;
}

std::optional<GroupRowKey> ParseGroupKey(std::string_view key) {
  if (key.size() != kGroupKeyBytes || key[0] != kGroupRow) return std::nullopt;
  return GroupRowKey{Big32(key.substr(1)), static_cast<GroupPart>(key[5]),
                     static_cast<int>(Big32(key.substr(6)))};
}

std::string ResponseRowKey(char letter, const std::string& scope, const RecordId& id) {
  return std::string(1, letter).append(scope).append(id.view());
}

std::optional<std::pair<std::string, RecordId>> ParseResponseRowKey(std::string_view key) {
  if (key.size() < 1 + kIdBytes) return std::nullopt;
  return std::pair(std::string(key.substr(1, key.size() - 1 - kIdBytes)),
                   RecordId::FromBytes(key.substr(key.size() - kIdBytes)));
}

std::string EncodePlace(const PlacedColumns& placed) {
  std::string out;
  PutVarint(kBlockVersion, &out);
  for (const std::string* text :
       {&placed.scope, &placed.survey, &placed.survey_id, &placed.wave, &placed.organization}) {
    PutText(*text, &out);
  }
  PutSlots(placed.layout.slots, &out);
  PutSlots(placed.layout.other_slots, &out);
  return out;
}

absl::StatusOr<PlacedColumns> DecodePlace(std::string_view bytes) {
  BlockReader reader(bytes);
  PlacedColumns placed{.columns = ResponseColumns(ColumnLayout{})};
  for (std::string* text :
       {&placed.scope, &placed.survey, &placed.survey_id, &placed.wave, &placed.organization}) {
    *text = reader.Text();
  }
  placed.layout.slots = Slots(&reader);
  placed.layout.other_slots = Slots(&reader);
  if (!reader.Finished()) return Damaged();
  return placed;
}

std::string EncodeWaiting(const PlainResponse& response) {
  std::string out;
  PutVarint(kBlockVersion, &out);
  PutVarint(response.complete ? 1 : 0, &out);
  PutIdentity(response.identity, &out);
  for (const std::string* text : {&response.survey, &response.wave, &response.organization}) {
    PutText(*text, &out);
  }
  PutBytes(response.answers, &out);
  PutVarint(response.attributes.size(), &out);
  for (const auto& [attribute, value] : response.attributes) {
    PutText(attribute, &out);
    PutText(value, &out);
  }
  return out;
}

absl::StatusOr<PlainResponse> DecodeWaiting(std::string_view bytes) {
  BlockReader reader(bytes);
  PlainResponse response;
  response.complete = reader.Bounded(1) == 1;
  response.identity = reader.Identity();
  for (std::string* text : {&response.survey, &response.wave, &response.organization}) *text = reader.Text();
  response.answers = ByteList(&reader);
  for (uint64_t n = reader.Varint(); n > 0 && !reader.failed(); --n) {
    const std::string attribute = reader.Text();
    response.attributes[attribute] = reader.Text();
  }
  if (!reader.Finished()) return Damaged();
  return response;
}

std::string EncodeAnswers(const std::vector<uint8_t>& answers) {
  std::string out;
  PutVarint(kBlockVersion, &out);
  PutBytes(answers, &out);
  return out;
}

absl::StatusOr<std::vector<uint8_t>> DecodeAnswers(std::string_view bytes) {
  BlockReader reader(bytes);
  std::vector<uint8_t> answers = ByteList(&reader);
  if (!reader.Finished()) return Damaged();
  return answers;
}

}  // namespace trellis
