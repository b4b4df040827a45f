#include "tests/simulation/world/workload.h"

#include <algorithm>
#include <charconv>

#include "common/causal/bytes.h"
#include "common/causal/lifecycle.h"
#include "fmt/format.h"
#include "tests/simulation/world/survey_messages.h"

namespace trellis::simulation {
namespace {

constexpr char kKind[] = "trellis.simulation.Thing";
constexpr uint32_t kSetField = 9;
constexpr char kPoison[] = "poison";

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

uint32_t NumberOf(const std::string& text) {
  uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Surveys, responses and things never share an id.
RecordId IdOf(const std::string& scope, const std::string& op, const std::string& number) {
  RecordId id = IdOfNumber(scope, NumberOf(number));
  if (op.starts_with("survey")) id.bytes[14] = 1;
  if (op == "respond" || op == "withdraw") id.bytes[14] = 2;
  return id;
}

}  // namespace

std::string TaintOf(const std::string& scope) { return "@" + scope + ";"; }

std::string TextValue(uint32_t field, const std::string& text) {
  std::string bytes;
  AppendVarint(&bytes, field << 3 | 2);
  AppendSized(&bytes, text);
  return bytes;
}

// The same number is the same id in every scope: what is known of a record in one must not reach another.
RecordId IdOfNumber(const std::string&, uint64_t number) {
  RecordId id;
  for (size_t i = 0; i < 8; ++i)
    id.bytes[i] = static_cast<uint8_t>((number + 1) * 0x9e3779b97f4a7c15u >> (8 * i));
  id.bytes[6] = 0x70 | (id.bytes[6] & 0x0f);
  id.bytes[8] = 0x80;
  id.bytes[15] = static_cast<uint8_t>(number);
  return id;
}

bool IsPoisoned(const Delta& delta) {
  return std::any_of(delta.cells.begin(), delta.cells.end(), [](const Cell& cell) {
    return std::any_of(cell.siblings.begin(), cell.siblings.end(), [](const Sibling& sibling) {
      return sibling.bytes.find(kPoison) != std::string::npos;
    });
  });
}

void Workload::FillCells(const std::string& op, const std::string& argument, bool exists,
                         RecordWrite* write) {
  const std::string taint = TaintOf(write->scope);
  if (op == "add" || op == "take") {
    const std::string element = "e" + argument;
    const std::string text = fmt::format("{}-{}{}", element, next_value_++, taint);
    write->cells = {{{kSetField, element}, TextValue(kSetField, text), op == "take" && exists}};
    return;
  }
  if (op == "unset") {
    write->cells = {{{NumberOf(argument), ""}, "", true}};
    return;
  }
  for (const std::string& field : Split(argument, ',')) {
    const uint32_t number = std::max(NumberOf(field), 1u);
    const std::string text = fmt::format("{}{}{}", op == "poison" ? kPoison : "v", next_value_++, taint);
    write->cells.push_back({{number, ""}, TextValue(number, text)});
  }
}

std::optional<RecordWrite> Workload::WriteOf(int store, const std::string& scope, const std::string& item) {
  const std::vector<std::string> parts = Split(item, ':');
  if (parts.size() < 2) return std::nullopt;
  const std::string& op = parts[1];
  const std::string argument = parts.size() > 2 ? parts[2] : "1";
  RecordWrite write;
  write.scope = scope;
  write.kind = kKind;
  write.lane = static_cast<Lane>(1 + NumberOf(parts[0]) % (kLaneCount - 1));
  if (parts[0] == "new") {
    FillCells("set", argument, false, &write);
    return write;
  }
  write.id = IdOf(scope, op, parts[0]);
  const std::optional<StoredRecord> record = world_->Get(store, scope, *write.id);
  write.type = record.has_value() ? RecordWrite::Type::kUpdate : RecordWrite::Type::kCreate;
  if (op == "survey") {
    FillSurvey(NumberOf(parts[0]), NumberOf(argument), record.has_value() ? &record->state : nullptr, &write);
  } else if (op == "respond") {
    FillResponse(NumberOf(argument), next_value_++, TaintOf(scope), &write);
  } else if (op == "delete" || op == "withdraw" || op == "survey-gone" || op == "restore" || op == "erase" ||
             op == "move") {
    if (!record.has_value() && op != "erase") return std::nullopt;
    write.type = op == "restore" ? RecordWrite::Type::kRestore
                 : op == "erase" ? RecordWrite::Type::kErase
                 : op == "move"  ? RecordWrite::Type::kMove
                                 : RecordWrite::Type::kDelete;
    if (record.has_value()) write.kind = record->state.kind;
  } else {
    if (!record.has_value() && (op == "unset" || op == "take")) return std::nullopt;
    FillCells(op, argument, record.has_value(), &write);
  }
  return write;
}

void Workload::Count(const std::vector<RecordWrite>& writes) {
  Situations& met = world_->situations();
  if (writes.size() > 1) met.Add(Situation::kBatch);
  for (const RecordWrite& write : writes) {
    met.Add(Situation::kWrite);
    if (!write.id.has_value()) met.Add(Situation::kIdMade);
    if (write.type == RecordWrite::Type::kDelete) met.Add(Situation::kDelete);
    if (write.type == RecordWrite::Type::kRestore) met.Add(Situation::kRestore);
    if (write.type == RecordWrite::Type::kErase) met.Add(Situation::kErase);
    if (write.type == RecordWrite::Type::kMove) met.Add(Situation::kMove);
    if (write.kind == kResponseKind) met.Add(Situation::kResponse);
    for (const CellWrite& cell : write.cells) {
      if (write.kind == kKind && cell.key.field == kSetField) met.Add(Situation::kElement);
      if (cell.remove) met.Add(Situation::kUnset);
    }
  }
}

void Workload::Write(int store, const std::string& scope, bool insist,
                     const std::vector<std::string>& items) {
  WriteRequest request;
  request.actor = world_->store(store).name();
  bool makes_id = false;
  for (const std::string& item : items) {
    std::optional<RecordWrite> write = WriteOf(store, scope, item);
    if (!write.has_value()) continue;
    const bool twice = std::any_of(request.records.begin(), request.records.end(), [&](const RecordWrite& w) {
      return w.id.has_value() && w.id == write->id;
    });
    if (twice) continue;
    makes_id = makes_id || !write->id.has_value();
    request.records.push_back(*std::move(write));
  }
  if (request.records.empty()) return;
  // What makes ids has a request id, as every caller that may have to ask again.
  if (makes_id) {
    request.request_id = fmt::format("{}-{}", world_->store(store).name(), next_request_++);
    last_request_[store] = request;
  }
  const absl::Status status = world_->Write(store, request);
  if (status.ok()) return Count(request.records);
  if (!absl::IsFailedPrecondition(status)) return;
  world_->situations().Add(Situation::kWriteRefused);
  if (!insist) return;
  for (RecordWrite& write : request.records) {
    if (!write.id.has_value()) continue;
    const std::optional<StoredRecord> record = world_->Get(store, scope, *write.id);
    if (record.has_value()) write.if_version = record->version;
  }
  if (world_->Write(store, request).ok()) Count(request.records);
}

void Workload::Again(int store) {
  const auto last = last_request_.find(store);
  if (last == last_request_.end()) return;
  world_->situations().Add(Situation::kRequestRepeated);
  world_->Write(store, last->second).IgnoreError();
}

}  // namespace trellis::simulation
