#include "tests/simulation/world/workload.h"

#include <algorithm>
#include <set>

#include "common/causal/bytes.h"
#include "common/causal/lifecycle.h"
#include "fmt/format.h"

namespace trellis::simulation {
namespace {

constexpr char kKind[] = "trellis.simulation.Thing";
constexpr uint32_t kSetField = 9;
constexpr char kPoison[] = "poison";

}  // namespace

std::string TextValue(uint32_t field, const std::string& text) {
  std::string bytes;
  AppendVarint(&bytes, field << 3 | 2);
  AppendSized(&bytes, text);
  return bytes;
}

RecordId IdOfNumber(const std::string& scope, uint64_t number) {
  RecordId id;
  uint64_t hash = 14695981039346656037u;
  for (const char c : scope) hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
  for (size_t i = 0; i < 8; ++i)
    id.bytes[i] = static_cast<uint8_t>((hash + number * 0x9e3779b97f4a7c15u) >> (8 * i));
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

std::string Workload::ChooseScope(int index) {
  std::vector<std::string> scopes;
  for (size_t i = 1; i < world_->stores().size(); ++i) {
    if (index != World::kServer && static_cast<int>(i) != index) continue;
    for (const ScopeGrant& grant : world_->stores()[i]->grants()) {
      if (index != World::kServer || grant.pull) scopes.push_back(grant.scope);
    }
  }
  return scopes.empty() ? "shared" : scopes[random_->Below(scopes.size())];
}

RecordWrite Workload::SetFields(int index, const std::string& scope, const RecordId& id, bool exists) {
  RecordWrite write;
  write.type = exists ? RecordWrite::Type::kUpdate : RecordWrite::Type::kCreate;
  write.scope = scope;
  write.kind = kKind;
  write.id = id;
  constexpr Lane kLanes[] = {Lane::kDefinitions, Lane::kResponses, Lane::kEdits, Lane::kBulk};
  write.lane = kLanes[random_->Below(4)];
  const bool poisoned = config_.poison && index != World::kServer && random_->Chance(0.04);
  for (uint32_t field = 1; field <= config_.fields; ++field) {
    if (!write.cells.empty() && random_->Chance(0.6)) continue;
    if (write.cells.empty() && field < config_.fields && random_->Chance(0.5)) continue;
    const std::string text = fmt::format("{}{}", poisoned ? kPoison : "v", next_value_++);
    write.cells.push_back({{field, ""}, TextValue(field, text)});
  }
  return write;
}

RecordWrite Workload::ChooseWrite(int index, const std::string& scope, const RecordId& id, bool plain) {
  const std::optional<StoredRecord> record = world_->Get(index, scope, id);
  const Presence presence = record.has_value() ? PresenceOf(record->state) : Presence::kLive;
  RecordWrite write = SetFields(index, scope, id, record.has_value());
  if (plain || !record.has_value()) return write;
  const double choice = random_->Unit();
  if (presence == Presence::kDeleted || choice < 0.04) {
    if (choice < 0.5) {
      write.type = RecordWrite::Type::kRestore;
      write.cells.clear();
    }
  } else if (choice < 0.13) {
    write.type = RecordWrite::Type::kDelete;
    write.cells.clear();
  } else if (choice < 0.155) {
    write.type = RecordWrite::Type::kErase;
    write.cells.clear();
  } else if (choice < 0.25) {
    const std::string element = fmt::format("e{}", random_->Below(3));
    const CellKey key{kSetField, element};
    const bool take_out = record->state.Find(key) != nullptr && random_->Chance(0.5);
    write.cells = {{key, TextValue(kSetField, fmt::format("{}-{}", element, next_value_++)), take_out}};
  } else if (choice < 0.29) {
    const uint32_t field = 1 + static_cast<uint32_t>(random_->Below(config_.fields));
    if (record->state.Find({field, ""}) != nullptr) write.cells = {{{field, ""}, "", true}};
  }
  return write;
}

void Workload::Count(const std::vector<RecordWrite>& writes) {
  Situations& met = world_->situations();
  if (writes.size() > 1) met.Add(Situation::kBatch);
  for (const RecordWrite& write : writes) {
    met.Add(Situation::kWrite);
    if (write.type == RecordWrite::Type::kDelete) met.Add(Situation::kDelete);
    if (write.type == RecordWrite::Type::kRestore) met.Add(Situation::kRestore);
    if (write.type == RecordWrite::Type::kErase) met.Add(Situation::kErase);
    for (const CellWrite& cell : write.cells) {
      if (cell.key.field == kSetField) met.Add(Situation::kElement);
      if (cell.remove) met.Add(Situation::kUnset);
    }
  }
}

void Workload::WriteSomething(int index, bool plain) {
  const std::string scope = ChooseScope(index);
  const uint64_t size = random_->Chance(0.1) ? 2 + random_->Below(2) : 1;
  std::set<uint64_t> numbers;
  while (numbers.size() < std::min(size, config_.records_a_scope)) {
    numbers.insert(random_->Below(config_.records_a_scope));
  }
  std::vector<RecordWrite> writes;
  for (const uint64_t number : numbers) {
    writes.push_back(ChooseWrite(index, scope, IdOfNumber(scope, number), plain));
  }
  const absl::Status status = world_->Write(index, writes);
  if (status.ok()) return Count(writes);
  if (!absl::IsFailedPrecondition(status)) return;
  world_->situations().Add(Situation::kWriteRefused);
  if (plain || random_->Chance(0.3)) return;
  for (RecordWrite& write : writes) {
    const std::optional<StoredRecord> record = world_->Get(index, scope, *write.id);
    if (record.has_value()) write.if_version = record->version;
  }
  if (world_->Write(index, writes).ok()) Count(writes);
}

}  // namespace trellis::simulation
