#include "common/service/record_writer.h"

#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <map>

#include "common/record/index_entries.h"
#include "common/record/message_cells.h"
#include "common/record/validation.h"
#include "common/rpc/error_reason.h"
#include "common/service/field_change.h"
#include "common/service/rules.h"
#include "common/service/stored_view.h"

namespace trellis {
namespace {

using google::protobuf::Message;

absl::StatusOr<std::unique_ptr<Message>> ParseData(const KindInfo& kind, const std::string& data) {
  absl::StatusOr<std::unique_ptr<Message>> message = ParseRecord(kind, data);
  if (message.ok()) return message;
  return FieldViolationsError({{"data", std::string(message.status().message())}});
}

absl::Status NotLive(const FoundRecord& found, Presence presence) {
  if (presence == Presence::kMoved || presence == Presence::kMovedButChanged) {
    return ErrorWithReason(reason::kRecordMoved,
                           fmt::format("{} {} was moved to another place: change it there", found.kind->name,
                                       found.id.ToString()));
  }
  return ErrorWithReason(
      reason::kRecordDeleted,
      fmt::format("{} {} is deleted; restore it first: trellis records restore {} {}", found.kind->name,
                  found.id.ToString(), found.kind->name, found.id.ToString()));
}

RecordWrite WriteTo(const FoundRecord& found, RecordWrite::Type type) {
  RecordWrite write;
  write.type = type;
  write.scope = found.scope.ToString();
  write.kind = found.kind->full_name;
  write.id = found.id;
  return write;
}

// Who wrote what was raised without a name.
constexpr char kNoAuthor[] = "anonymous";

// A single record's violations stand for themselves; of several, it is said whose they are.
absl::Status InRecord(const absl::Status& status, size_t index, size_t count) {
  std::vector<FieldViolation> violations = FieldViolationsOf(status);
  if (count == 1 || violations.empty()) return status;
  for (FieldViolation& violation : violations) {
    violation.field = fmt::format("records[{}].{}", index, violation.field);
  }
  return FieldViolationsError(violations);
}

}  // namespace

absl::Status AsWriteError(const absl::Status& status) {
  const std::string message(status.message());
  switch (status.code()) {
    case absl::StatusCode::kAborted:
      return ErrorWithReason(reason::kEtagMismatch, message);
    case absl::StatusCode::kFailedPrecondition:
      return ErrorWithReason(reason::kOpenConflict, message);
    case absl::StatusCode::kAlreadyExists:
      return ErrorWithReason(reason::kRecordExists, message);
    case absl::StatusCode::kNotFound:
      return ErrorWithReason(reason::kRecordNotFound, message);
    default:
      return status;
  }
}

absl::StatusOr<std::optional<Hash128>> ParseEtag(const std::string& etag) {
  if (etag.empty()) return std::optional<Hash128>();
  Hash128 version;
  if (!Hash128::FromHex(etag, &version)) {
    return FieldViolationsError({{"etag", "is not an etag; take it from the record as it was read"}});
  }
  return std::optional<Hash128>(version);
}

struct RecordWriter::Prepared {
  const KindInfo* kind = nullptr;
  ScopeName scope;
  std::unique_ptr<Message> message;
  std::string code;
  RecordWrite write;
  Findings findings;
};

std::string RecordWriter::RequestId(const Principal& principal, const std::string& request_id) const {
  // Another caller's request of the same name is another request.
  if (request_id.empty()) return "";
  return KeyedHash(store_.district_key, ActorOf(store_, principal) + "\n" + request_id).ToHex();
}

absl::StatusOr<RecordAnswer> RecordWriter::AnswerNow(const Principal& principal, const KindInfo& kind,
                                                     const ScopeName& scope, const RecordId& id) const {
  absl::StatusOr<std::optional<StoredRecord>> stored = store_.replica->Get(scope.ToString(), id);
  if (!stored.ok()) return stored.status();
  if (!stored->has_value()) {
    return absl::InternalError(fmt::format("{} {} was written and is not there", kind.name, id.ToString()));
  }
  return AnswerOf(kind, scope, id, **stored, principal);
}

absl::StatusOr<RecordWriter::Prepared> RecordWriter::Prepare(const Principal& principal,
                                                             const std::string& scope,
                                                             const NewRecord& record,
                                                             RecordView* view) const {
  absl::StatusOr<const KindInfo*> kind = FindKind(store_, record.kind);
  if (!kind.ok()) return kind.status();
  absl::StatusOr<ScopeName> place = ChooseScope(store_, **kind, scope);
  if (!place.ok()) return place.status();
  if (absl::Status status = RequireAccess(principal, Action::kCreate, *place, *kind); !status.ok())
    return status;
  absl::StatusOr<std::unique_ptr<Message>> message = ParseData(**kind, record.data);
  if (!message.ok()) return message.status();
  if (absl::Status status = RefuseUnknownFields(**message); !status.ok()) return status;
  if (const auto violations = FindViolations(**kind, **message); !violations.empty()) {
    return FieldViolationsError(violations);
  }
  Prepared prepared;
  const std::string id = record.id ? record.id->ToString() : "";
  if (absl::Status status = JudgeWrite(store_, principal, {*kind, place->ToString(), id, message->get()},
                                       nullptr, view, &prepared.findings);
      !status.ok()) {
    return status;
  }
  prepared.kind = *kind;
  prepared.scope = *place;
  prepared.write.type = RecordWrite::Type::kCreate;
  prepared.write.scope = place->ToString();
  prepared.write.kind = (*kind)->full_name;
  prepared.write.id = record.id;
  prepared.write.lane = static_cast<Lane>((*kind)->lane);
  const std::string bytes = (*message)->SerializeAsString();
  absl::StatusOr<std::vector<MessageCell>> cells = SplitMessage(bytes, (*kind)->split_rules);
  if (!cells.ok()) return cells.status();
  for (MessageCell& cell : *cells) {
    const FieldInfo* field = (*kind)->Find(cell.field);
    if (field == nullptr || !MayGiveField(principal, *field)) {
      return ErrorWithReason(
          reason::kAccessDenied,
          fmt::format("The field {} of {} records is not given by people",
                      field != nullptr ? field->name : std::to_string(cell.field), (*kind)->name));
    }
    prepared.write.cells.push_back({{cell.field, std::move(cell.element)}, std::move(cell.bytes), false});
  }
  prepared.code = CodeOf(**kind, bytes);
  prepared.message = *std::move(message);
  return prepared;
}

absl::StatusOr<std::optional<RecordAnswer>> RecordWriter::CheckCode(const Principal& principal,
                                                                    const Prepared& record,
                                                                    bool repeatable) const {
  absl::StatusOr<std::vector<RecordId>> taken =
      RecordsWithCode(store_, *record.kind, record.scope, record.code, 1);
  if (!taken.ok()) return taken.status();
  if (taken->empty()) return std::optional<RecordAnswer>();
  absl::StatusOr<RecordAnswer> there = AnswerNow(principal, *record.kind, record.scope, taken->front());
  if (!there.ok()) return there.status();
  // A request sent again meets the record it made itself.
  if (repeatable && IsActor(principal, there->created_by) &&
      google::protobuf::util::MessageDifferencer::Equals(*there->data, *record.message)) {
    return std::optional<RecordAnswer>(*std::move(there));
  }
  return ErrorWithReason(reason::kCodeTaken,
                         fmt::format("{} {} is there already in {}: update it, or use another code",
                                     record.kind->name, record.code, record.scope.ToString()));
}

std::string RecordWriter::AuthorFor(const Principal& principal, const KindInfo& kind,
                                    const Message& message) const {
  const FieldInfo* field = kind.Find(kind.anonymous_field);
  const bool anonymous = field != nullptr && message.GetReflection()->GetBool(message, field->descriptor);
  return anonymous ? kNoAuthor : ActorOf(store_, principal);
}

absl::StatusOr<std::string> RecordWriter::AuthorOf(const Principal& principal,
                                                   const std::vector<Prepared>& records) const {
  std::string author;
  for (const Prepared& record : records) {
    std::string of_this = AuthorFor(principal, *record.kind, *record.message);
    if (!author.empty() && of_this != author) {
      return FieldViolationsError(
          {{"records", "what is raised without a name is sent apart from what has one"}});
    }
    author = std::move(of_this);
  }
  return author;
}

absl::StatusOr<std::vector<RecordAnswer>> RecordWriter::Create(const Principal& principal,
                                                               const CreateRequest& request) {
  const size_t count = request.records.size();
  if (count == 0 || count > kLargestBatch) {
    return FieldViolationsError({{"records", fmt::format("1 to {} are taken at once", kLargestBatch)}});
  }
  StoredView view(store_);
  std::vector<Prepared> prepared;
  bool with_codes = false;
  for (size_t i = 0; i < count; ++i) {
    absl::StatusOr<Prepared> record = Prepare(principal, request.scope, request.records[i], &view);
    if (!record.ok()) return InRecord(record.status(), i, count);
    if (!prepared.empty() && !(record->scope == prepared.front().scope)) {
      return FieldViolationsError(
          {{"records", "all of a batch stand in one scope; send one batch for each"}});
    }
    with_codes = with_codes || !record->code.empty();
    prepared.push_back(*std::move(record));
  }

  std::unique_lock<std::mutex> lock(codes_, std::defer_lock);
  if (with_codes) lock.lock();
  std::map<std::string, size_t> codes;
  std::vector<RecordAnswer> answers;
  for (size_t i = 0; i < count; ++i) {
    const Prepared& record = prepared[i];
    if (record.code.empty()) continue;
    if (!codes.emplace(record.kind->name + " " + record.code, i).second) {
      return ErrorWithReason(reason::kCodeTaken,
                             fmt::format("{} {} is twice in the batch", record.kind->name, record.code));
    }
    absl::StatusOr<std::optional<RecordAnswer>> there =
        CheckCode(principal, record, !request.request_id.empty());
    if (!there.ok()) return there.status();
    if (there->has_value()) answers.push_back(**std::move(there));
  }
  if (answers.size() == count) return answers;
  answers.clear();

  if (request.validate_only) {
    for (Prepared& record : prepared) {
      RecordAnswer& answer = answers.emplace_back();
      answer.kind = record.kind;
      answer.scope = record.scope.ToString();
      answer.code = record.code;
      answer.data = std::move(record.message);
      answer.findings = std::move(record.findings);
    }
    return answers;
  }
  WriteRequest write;
  absl::StatusOr<std::string> author = AuthorOf(principal, prepared);
  if (!author.ok()) return author.status();
  write.actor = *std::move(author);
  write.request_id = RequestId(principal, request.request_id);
  for (Prepared& record : prepared) write.records.push_back(std::move(record.write));
  absl::StatusOr<WriteOutcome> outcome = store_.replica->Write(write);
  if (!outcome.ok()) return AsWriteError(outcome.status());
  for (size_t i = 0; i < count && i < outcome->records.size(); ++i) {
    absl::StatusOr<RecordAnswer> answer =
        AnswerNow(principal, *prepared[i].kind, prepared[i].scope, outcome->records[i].id);
    if (!answer.ok()) return answer.status();
    answer->findings = std::move(prepared[i].findings);
    answers.push_back(*std::move(answer));
  }
  return answers;
}

absl::StatusOr<RecordAnswer> RecordWriter::Write(const Principal& principal, const FoundRecord& found,
                                                 RecordWrite write, const std::string& request_id) {
  WriteRequest request;
  request.actor = ActorOf(store_, principal);
  request.request_id = RequestId(principal, request_id);
  request.records.push_back(std::move(write));
  absl::StatusOr<WriteOutcome> outcome = store_.replica->Write(request);
  if (!outcome.ok()) return AsWriteError(outcome.status());
  return AnswerNow(principal, *found.kind, found.scope, found.id);
}

absl::StatusOr<RecordAnswer> RecordWriter::Update(const Principal& principal, const UpdateRequest& request) {
  absl::StatusOr<std::optional<Hash128>> etag = ParseEtag(request.etag);
  if (!etag.ok()) return etag.status();
  absl::StatusOr<FoundRecord> found = LocateRecord(store_, principal, request.name, /*with_deleted=*/false);
  if (!found.ok()) return found.status();
  const KindInfo& kind = *found->kind;
  absl::StatusOr<ShownState> open = OpenState(kind, found->stored.state, principal);
  if (!open.ok()) return open.status();
  if (absl::Status status =
          RequireAccessToRecord(principal, Action::kUpdate, found->scope, kind, open->relation);
      !status.ok()) {
    return status;
  }
  if (kind.append_only) {
    return ErrorWithReason(
        reason::kAppendOnly,
        fmt::format("{} records are not changed once written: delete it and create a new one", kind.name));
  }
  absl::StatusOr<std::unique_ptr<Message>> data = ParseData(kind, request.data);
  if (!data.ok()) return data.status();
  if (!IsLive(open->shown.presence)) return NotLive(*found, open->shown.presence);
  absl::StatusOr<FieldChange> change = PlanFieldChange(store_, principal, kind, found->scope,
                                                       found->stored.state, *open, **data, request.mask);
  if (!change.ok()) return change.status();

  StoredView view(store_);
  Findings shown;
  if (absl::Status status = JudgeWrite(
          store_, principal, {&kind, found->scope.ToString(), found->id.ToString(), change->after.get()},
          open->message.get(), &view, &shown);
      !status.ok()) {
    return status;
  }

  if (request.validate_only || change->cells.empty()) {
    absl::StatusOr<RecordAnswer> answer = AnswerOf(kind, found->scope, found->id, found->stored, principal);
    if (!answer.ok() || change->cells.empty()) return answer;
    answer->would_change = true;
    answer->findings = std::move(shown);
    answer->data = std::move(change->after);
    ClearHiddenFields(principal, found->scope, kind, open->relation, answer->data.get());
    return answer;
  }
  RecordWrite write = WriteTo(*found, RecordWrite::Type::kUpdate);
  write.cells = std::move(change->cells);
  write.if_version = *etag;
  absl::StatusOr<RecordAnswer> answer = Write(principal, *found, std::move(write), request.request_id);
  if (answer.ok()) answer->findings = std::move(shown);
  return answer;
}

absl::StatusOr<RecordAnswer> RecordWriter::Mark(const Principal& principal, const MarkRequest& request,
                                                bool restore) {
  absl::StatusOr<std::optional<Hash128>> etag = ParseEtag(request.etag);
  if (!etag.ok()) return etag.status();
  absl::StatusOr<FoundRecord> found = LocateRecord(store_, principal, request.name, restore);
  if (!found.ok()) return found.status();
  absl::StatusOr<ShownState> open = OpenState(*found->kind, found->stored.state, principal);
  if (!open.ok()) return open.status();
  if (absl::Status status =
          RequireAccessToRecord(principal, Action::kDelete, found->scope, *found->kind, open->relation);
      !status.ok()) {
    return status;
  }
  RecordWrite write = WriteTo(*found, restore ? RecordWrite::Type::kRestore : RecordWrite::Type::kDelete);
  write.if_version = *etag;
  return Write(principal, *found, std::move(write), request.request_id);
}

absl::StatusOr<RecordAnswer> RecordWriter::Delete(const Principal& principal, const MarkRequest& request) {
  return Mark(principal, request, /*restore=*/false);
}

absl::StatusOr<RecordAnswer> RecordWriter::Restore(const Principal& principal, const MarkRequest& request) {
  return Mark(principal, request, /*restore=*/true);
}

}  // namespace trellis
