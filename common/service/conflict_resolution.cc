#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "common/record/message_cells.h"
#include "common/record/validation.h"
#include "common/rpc/error_reason.h"
#include "common/service/field_change.h"
#include "common/service/record_writer.h"
#include "common/service/rules.h"
#include "common/service/stored_view.h"

namespace trellis {
namespace {

using google::protobuf::Message;

absl::StatusOr<const CellConflict*> FindConflict(const KindInfo& kind, const FieldInfo& field,
                                                 const std::string& element, const ShownRecord& shown) {
  const CellConflict* found = nullptr;
  for (const CellConflict& conflict : shown.conflicts) {
    if (conflict.key.field != field.number) continue;
    if (!element.empty() && ElementText(conflict.key.element) != element) continue;
    if (found != nullptr) {
      return FieldViolationsError(
          {{"element", fmt::format("several elements of {} are in conflict; name one of them", field.name)}});
    }
    found = &conflict;
  }
  if (found != nullptr) return found;
  const char* hint = shown.presence == Presence::kLiveDespiteDelete
                         ? ". The record was edited by one and deleted by another: delete or restore it"
                         : "; perhaps it has been resolved already";
  return ErrorWithReason(reason::kNoConflict, fmt::format("The field {} of this {} is not in conflict{}",
                                                          field.name, kind.name, hint));
}

absl::StatusOr<CellWrite> TakeVersion(const CellConflict& conflict, const std::string& version) {
  for (const Sibling& sibling : conflict.siblings) {
    if (VersionText(sibling.dot) == version) return CellWrite{conflict.key, sibling.bytes, false};
  }
  std::string known;
  for (const Sibling& sibling : conflict.siblings) {
    known += (known.empty() ? "" : ", ") + VersionText(sibling.dot);
  }
  return ErrorWithReason(reason::kVersionUnknown,
                         fmt::format("There is no version {}; there are {}", version, known));
}

// The cell as `value` (JSON) would make it.
absl::StatusOr<CellWrite> TakeValue(const KindInfo& kind, const FieldInfo& field,
                                    const CellConflict& conflict, const std::string& value) {
  if (value == "null") return CellWrite{conflict.key, "", true};
  absl::StatusOr<std::unique_ptr<Message>> message = ParseRecord(kind, "");
  if (!message.ok()) return message.status();
  const std::string json = field.IsSet() ? fmt::format("{{\"{}\":[{}]}}", field.json_name, value)
                                         : fmt::format("{{\"{}\":{}}}", field.json_name, value);
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, message->get());
  if (!parsed.ok()) {
    return FieldViolationsError(
        {{field.json_name, fmt::format("cannot be {}: {}", value, std::string(parsed.message()))}});
  }
  absl::StatusOr<std::vector<MessageCell>> cells =
      SplitMessage((*message)->SerializeAsString(), kind.split_rules);
  if (!cells.ok()) return cells.status();
  // A plain field given its default value is a field that is not there.
  if (cells->empty()) return CellWrite{conflict.key, "", true};
  if (cells->size() != 1 || CellKey{cells->front().field, cells->front().element} != conflict.key) {
    return FieldViolationsError(
        {{field.json_name, "the value is not that element: its key must stay the same"}});
  }
  return CellWrite{conflict.key, std::move(cells->front().bytes), false};
}

// The whole record with the cell in place, for validation.
absl::StatusOr<std::unique_ptr<Message>> WithCell(const KindInfo& kind, const ShownRecord& shown,
                                                  const CellWrite& write) {
  absl::StatusOr<std::vector<MessageCell>> cells = SplitMessage(shown.message, kind.split_rules);
  if (!cells.ok()) return cells.status();
  const auto same = [&](const MessageCell& cell) {
    return cell.field == write.key.field && cell.element == write.key.element;
  };
  cells->erase(std::remove_if(cells->begin(), cells->end(), same), cells->end());
  if (!write.remove) cells->push_back({write.key.field, write.key.element, write.bytes});
  return ParseRecord(kind, JoinCells(*std::move(cells)));
}

}  // namespace

absl::StatusOr<RecordAnswer> RecordWriter::Resolve(const Principal& principal,
                                                   const ResolveRequest& request) {
  if (request.take_version.empty() == request.value.empty()) {
    return FieldViolationsError({{"choice", "give one of the versions listed, or a value"}});
  }
  absl::StatusOr<FoundRecord> found = LocateRecord(store_, principal, request.name, /*with_deleted=*/false);
  if (!found.ok()) return found.status();
  const KindInfo& kind = *found->kind;
  absl::StatusOr<ShownState> open = OpenState(kind, found->stored.state, principal);
  if (!open.ok()) return open.status();
  if (absl::Status status =
          RequireAccessToRecord(principal, Action::kResolve, found->scope, kind, open->relation);
      !status.ok()) {
    return status;
  }
  const FieldInfo* field = kind.Find(std::string_view(request.field));
  if (field == nullptr) {
    return ErrorWithReason(reason::kFieldUnknown,
                           fmt::format("{} has no field {}", kind.name, request.field));
  }
  if (!MayChangeField(principal, found->scope, *field, open->relation)) {
    return ErrorWithReason(
        reason::kAccessDenied,
        fmt::format("You may not change the field {} of {} records here", field->name, kind.name));
  }
  Hash128 seen = found->stored.version;
  if (!request.etag.empty() && !Hash128::FromHex(request.etag, &seen)) {
    return FieldViolationsError({{"etag", "is not an etag; take it from the record as it was read"}});
  }
  absl::StatusOr<const CellConflict*> conflict = FindConflict(kind, *field, request.element, open->shown);
  if (!conflict.ok()) return conflict.status();
  absl::StatusOr<CellWrite> cell = request.take_version.empty()
                                       ? TakeValue(kind, *field, **conflict, request.value)
                                       : TakeVersion(**conflict, request.take_version);
  if (!cell.ok()) return cell.status();
  absl::StatusOr<std::unique_ptr<Message>> after = WithCell(kind, open->shown, *cell);
  if (!after.ok()) return after.status();
  if (const auto violations = ViolationsIn(kind, **after, {field->number}); !violations.empty()) {
    return FieldViolationsError(violations);
  }
  StoredView view(store_);
  Findings shown;
  if (absl::Status status =
          JudgeWrite(store_, principal, {&kind, found->scope.ToString(), found->id.ToString(), after->get()},
                     open->message.get(), &view, &shown);
      !status.ok()) {
    return status;
  }
  RecordWrite write;
  write.type = RecordWrite::Type::kUpdate;
  write.scope = found->scope.ToString();
  write.kind = kind.full_name;
  write.id = found->id;
  write.cells.push_back(*std::move(cell));
  write.if_version = seen;
  return Write(principal, *found, std::move(write), request.request_id);
}

}  // namespace trellis
