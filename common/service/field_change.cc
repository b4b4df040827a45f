#include "common/service/field_change.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <map>

#include "common/record/cell_policy.h"
#include "common/record/message_cells.h"
#include "common/record/validation.h"
#include "common/rpc/error_reason.h"
#include "common/service/record_locator.h"
#include "common/service/unknown_fields.h"

namespace trellis {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::set<uint32_t> PresentFields(const Message& message) {
  std::vector<const FieldDescriptor*> present;
  message.GetReflection()->ListFields(message, &present);
  std::set<uint32_t> fields;
  for (const FieldDescriptor* field : present) fields.insert(field->number());
  return fields;
}

// A mask names whole fields of the record; "*" all the principal may change.
absl::StatusOr<std::set<uint32_t>> MaskedFields(const Principal& principal, const KindInfo& kind,
                                                const ScopeName& scope, Relation relation,
                                                const std::vector<std::string>& mask) {
  std::set<uint32_t> fields;
  for (const std::string& path : mask) {
    if (path == "*") {
      for (const FieldInfo& field : kind.fields) {
        if (MayChangeField(principal, scope, field, relation)) fields.insert(field.number);
      }
      continue;
    }
    const FieldInfo* field = kind.Find(std::string_view(path));
    if (field == nullptr) {
      return ErrorWithReason(reason::kFieldUnknown,
                             fmt::format("{} has no field {}; a mask names whole fields", kind.name, path));
    }
    fields.insert(field->number);
  }
  return fields;
}

absl::Status CheckMayChange(const Principal& principal, const KindInfo& kind, const ScopeName& scope,
                            Relation relation, const std::set<uint32_t>& fields) {
  for (const uint32_t number : fields) {
    const FieldInfo* field = kind.Find(number);
    if (field != nullptr && MayChangeField(principal, scope, *field, relation)) continue;
    return ErrorWithReason(reason::kAccessDenied,
                           fmt::format("You may not change the field {} of {} records here",
                                       field != nullptr ? field->name : std::to_string(number), kind.name));
  }
  return absl::OkStatus();
}

std::unique_ptr<Message> OnlyFields(const Message& message, const std::set<uint32_t>& fields, bool keep) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  const auto* descriptor = copy->GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (fields.count(field->number()) != keep) copy->GetReflection()->ClearField(copy.get(), field);
  }
  return copy;
}

using CellsByKey = std::map<CellKey, std::string>;

absl::StatusOr<CellsByKey> CellsOf(const KindInfo& kind, const std::string& message,
                                   const std::set<uint32_t>& fields) {
  absl::StatusOr<std::vector<MessageCell>> cells = SplitMessage(message, kind.split_rules);
  if (!cells.ok()) return cells.status();
  CellsByKey by_key;
  for (MessageCell& cell : *cells) {
    if (fields.count(cell.field)) by_key[{cell.field, std::move(cell.element)}] = std::move(cell.bytes);
  }
  return by_key;
}

absl::StatusOr<std::vector<CellWrite>> Difference(const KindInfo& kind, const CellsByKey& before,
                                                  const CellsByKey& after) {
  std::vector<CellWrite> writes;
  for (const auto& [key, bytes] : after) {
    const auto old = before.find(key);
    if (old == before.end() || old->second != bytes) writes.push_back({key, bytes, false});
  }
  for (const auto& [key, bytes] : before) {
    if (after.count(key)) continue;
    const FieldInfo* field = kind.Find(key.field);
    if (field != nullptr && field->policy == CellPolicy::kAppendOnly) {
      return FieldViolationsError({{field->json_name, "only grows: what stands in it cannot be taken out"}});
    }
    writes.push_back({key, "", true});
  }
  return writes;
}

// The district's word stands: a site would write something that could show nowhere else.
absl::Status RefuseDistrictValues(const RecordStore& store, const KindInfo& kind, const RecordState& state,
                                  const std::vector<CellWrite>& writes) {
  if (store.at_district()) return absl::OkStatus();
  constexpr std::string_view kPrefix = kDistrictActorPrefix;
  for (const CellWrite& write : writes) {
    if (kind.PolicyOf(write.key.field) != CellPolicy::kDistrictWins) continue;
    const Cell* cell = state.Find(write.key);
    if (cell == nullptr || cell->siblings.empty()) continue;
    const Sibling& shown = ShownSibling(*cell, CellPolicy::kDistrictWins);
    if (std::string_view(shown.actor).substr(0, kPrefix.size()) != kPrefix) continue;
    return ErrorWithReason(reason::kDistrictField,
                           fmt::format("The district keeps {}: ask the district to change it",
                                       kind.Find(write.key.field)->name));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<FieldViolation> ViolationsIn(const KindInfo& kind, const Message& message,
                                         const std::set<uint32_t>& fields) {
  std::vector<FieldViolation> concerned;
  for (FieldViolation& violation : FindViolations(kind, message)) {
    const size_t end = violation.field.find_first_of(".[");
    const FieldInfo* field = kind.Find(std::string_view(violation.field).substr(0, end));
    if (field == nullptr || fields.count(field->number)) concerned.push_back(std::move(violation));
  }
  return concerned;
}

absl::Status RefuseUnknownFields(const Message& message) {
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  if (unknown.empty()) return absl::OkStatus();
  return ErrorWithReason(
      reason::kFieldUnknown,
      fmt::format("Field number {} of {} is not known here; this program is older than yours",
                  unknown.field(0).number(), message.GetDescriptor()->name()));
}

absl::StatusOr<FieldChange> PlanFieldChange(const RecordStore& store, const Principal& principal,
                                            const KindInfo& kind, const ScopeName& scope,
                                            const RecordState& state, const ShownState& open,
                                            const Message& data,
                                            const std::optional<std::vector<std::string>>& mask) {
  if (absl::Status status = RefuseUnknownFields(data); !status.ok()) return status;
  std::set<uint32_t> fields = PresentFields(data);
  if (mask) {
    absl::StatusOr<std::set<uint32_t>> masked = MaskedFields(principal, kind, scope, open.relation, *mask);
    if (!masked.ok()) return masked.status();
    fields = *std::move(masked);
  }
  if (absl::Status status = CheckMayChange(principal, kind, scope, open.relation, fields); !status.ok()) {
    return status;
  }
  const std::unique_ptr<Message> patch = OnlyFields(data, fields, /*keep=*/true);
  CarryUnknownFields(kind.fields, *open.message, patch.get());
  FieldChange change;
  change.after = OnlyFields(*open.message, fields, /*keep=*/false);
  change.after->MergeFrom(*patch);
  if (const auto violations = ViolationsIn(kind, *change.after, fields); !violations.empty()) {
    return FieldViolationsError(violations);
  }

  absl::StatusOr<CellsByKey> before = CellsOf(kind, open.shown.message, fields);
  if (!before.ok()) return before.status();
  absl::StatusOr<CellsByKey> after = CellsOf(kind, patch->SerializeAsString(), fields);
  if (!after.ok()) return after.status();
  absl::StatusOr<std::vector<CellWrite>> writes = Difference(kind, *before, *after);
  if (!writes.ok()) return writes.status();
  if (absl::Status status = RefuseDistrictValues(store, kind, state, *writes); !status.ok()) return status;
  change.cells = *std::move(writes);
  return change;
}

}  // namespace trellis
