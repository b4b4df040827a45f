#include "common/service/record_answer.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/record/index_entries.h"
#include "common/record/text_format.h"
#include "common/record/validation.h"

namespace trellis {
namespace {

struct FirstAndLast {
  const Sibling* first = nullptr;
  const Sibling* last = nullptr;
};

FirstAndLast OldestAndNewest(const RecordState& state) {
  FirstAndLast found;
  for (const Cell& cell : state.cells) {
    for (const Sibling& sibling : cell.siblings) {
      if (found.first == nullptr || sibling.raw < found.first->raw) found.first = &sibling;
      if (found.last == nullptr || found.last->raw < sibling.raw) found.last = &sibling;
    }
  }
  return found;
}

bool Shows(const KindInfo& kind, const ScopeName& scope, uint32_t field, const Principal& principal,
           Relation relation) {
  const FieldInfo* info = kind.Find(field);
  if (info == nullptr) return principal.type == PrincipalType::kSystem;
  return MaySeeField(principal, scope, *info, relation);
}

FieldConflictAnswer AnswerOfConflict(const KindInfo& kind, const CellConflict& conflict) {
  FieldConflictAnswer answer;
  answer.key = conflict.key;
  const FieldInfo* field = kind.Find(conflict.key.field);
  answer.field = field != nullptr ? field->name : std::to_string(conflict.key.field);
  answer.element = ElementText(conflict.key.element);
  for (const Sibling& sibling : conflict.siblings) {
    answer.versions.push_back(
        {VersionText(sibling.dot), CellJson(kind, conflict.key, sibling.bytes), sibling.actor, sibling.raw});
  }
  return answer;
}

}  // namespace

std::string ElementText(const std::string& element) {
  const bool text =
      !element.empty() && IsUtf8(element) &&
      std::none_of(element.begin(), element.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (text || element.empty()) return element;
  std::string hex = "0x";
  for (const unsigned char c : element) hex += fmt::format("{:02x}", c);
  return hex;
}

std::string VersionText(const Dot& dot) { return fmt::format("{:016x}-{}", dot.writer, dot.n); }

std::string CellJson(const KindInfo& kind, const CellKey& key, std::string_view bytes) {
  const FieldInfo* field = kind.Find(key.field);
  if (field == nullptr || bytes.empty()) return "";
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> message = ParseRecord(kind, bytes);
  if (!message.ok()) return "";
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  if (!google::protobuf::util::MessageToJsonString(**message, &text, options).ok()) return "";
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  const auto value = json.find(field->json_name);
  if (json.is_discarded() || value == json.end()) return "";
  const bool one = field->IsSet() && value->is_array() && value->size() == 1;
  return (one ? value->front() : *value).dump();
}

absl::StatusOr<ShownState> OpenState(const KindInfo& kind, const RecordState& state,
                                     const Principal& principal) {
  ShownState open;
  open.shown = Show(state, [&](uint32_t field) { return kind.PolicyOf(field); });
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> message = ParseRecord(kind, open.shown.message);
  if (!message.ok()) return message.status();
  open.message = *std::move(message);
  const FirstAndLast writes = OldestAndNewest(state);
  open.relation.author = writes.first != nullptr && IsActor(principal, writes.first->actor);
  open.relation.participant = IsParticipant(principal, kind, *open.message);
  return open;
}

absl::StatusOr<RecordAnswer> AnswerOf(const KindInfo& kind, const ScopeName& scope, const RecordId& id,
                                      const StoredRecord& stored, const Principal& principal) {
  absl::StatusOr<ShownState> open = OpenState(kind, stored.state, principal);
  if (!open.ok()) return open.status();
  RecordAnswer answer;
  answer.id = id;
  answer.kind = &kind;
  answer.scope = scope.ToString();
  answer.version = stored.version;
  answer.presence = open->shown.presence;
  const FirstAndLast writes = OldestAndNewest(stored.state);
  if (writes.first != nullptr) {
    answer.created = writes.first->raw;
    answer.created_by = writes.first->actor;
    answer.updated = writes.last->raw;
    answer.updated_by = writes.last->actor;
  }
  if (kind.code_field != 0 && Shows(kind, scope, kind.code_field, principal, open->relation)) {
    answer.code = CodeOf(kind, open->shown.message);
  }
  for (const CellConflict& conflict : open->shown.conflicts) {
    if (!Shows(kind, scope, conflict.key.field, principal, open->relation)) continue;
    answer.conflicts.push_back(AnswerOfConflict(kind, conflict));
  }
  if (answer.presence == Presence::kMovedButChanged) {
    for (const CellKey& key : ChangedSinceMove(stored.state)) {
      const FieldInfo* field = kind.Find(key.field);
      if (field == nullptr || !Shows(kind, scope, key.field, principal, open->relation)) continue;
      std::vector<std::string>& names = answer.changed_since_move;
      if (names.empty() || names.back() != field->name) names.push_back(field->name);
    }
  }
  answer.data = std::move(open->message);
  ClearHiddenFields(principal, scope, kind, open->relation, answer.data.get());
  return answer;
}

}  // namespace trellis
