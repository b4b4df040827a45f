#include "common/service/attachment_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/rpc/error_reason.h"

namespace trellis {
namespace {

using google::protobuf::Message;

absl::Status NoSuchAttachment(const std::string& id) {
  return ErrorWithReason(reason::kRecordNotFound,
                         fmt::format("There is no attachment {} here that you may see", id));
}

}  // namespace

const FieldInfo* HolderField(const KindInfo& kind) {
  const auto found = std::find_if(kind.fields.begin(), kind.fields.end(), [](const FieldInfo& field) {
    return field.refers_to == "Attachment" && field.repeated && field.IsSet();
  });
  return found == kind.fields.end() ? nullptr : &*found;
}

std::vector<std::string> NamesIn(const FieldInfo& field, const Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<std::string> names;
  for (int i = 0; i < reflection.FieldSize(message, field.descriptor); ++i) {
    names.push_back(reflection.GetRepeatedString(message, field.descriptor, i));
  }
  return names;
}

Principal OnBehalfOf(const Principal& principal) {
  Principal program = principal;
  program.type = PrincipalType::kSystem;
  return program;
}

absl::StatusOr<std::optional<AttachmentAnswer>> AttachmentReader::Load(const std::string& scope,
                                                                       const RecordId& id,
                                                                       bool with_deleted) const {
  const absl::StatusOr<std::optional<StoredRecord>> stored = store_.replica->Get(scope, id);
  if (!stored.ok()) return stored.status();
  const std::optional<ScopeName> place = ScopeName::Parse(scope);
  if (!place || !stored->has_value() || (*stored)->state.kind != kAttachmentKind) {
    return std::optional<AttachmentAnswer>();
  }
  const Presence presence = PresenceOf((*stored)->state);
  if (!IsLive(presence) && !(with_deleted && presence == Presence::kDeleted)) {
    return std::optional<AttachmentAnswer>();
  }
  const KindInfo* kind = store_.kinds->Find(kAttachmentKind);
  const absl::StatusOr<RecordAnswer> answer = AnswerOf(*kind, *place, id, **stored, OnBehalfOf({}));
  if (!answer.ok()) return answer.status();
  AttachmentAnswer attachment;
  attachment.id = id;
  attachment.scope = scope;
  attachment.record.MergeFrom(*answer->data);
  attachment.created = answer->created;
  attachment.created_by = answer->created_by;
  attachment.parts = PartIdsOf(attachment.record);
  // Not written by this program: there is nothing behind it.
  if (attachment.parts.empty()) return std::optional<AttachmentAnswer>();
  return std::optional<AttachmentAnswer>(std::move(attachment));
}

absl::StatusOr<std::vector<std::string>> AttachmentReader::ScopesToLookIn(const std::string& scope) const {
  if (!scope.empty()) {
    const absl::StatusOr<ScopeName> named = KnownScope(store_, scope);
    if (!named.ok()) return named.status();
    return std::vector<std::string>{named->ToString()};
  }
  absl::StatusOr<std::vector<std::string>> all = store_.replica->Scopes();
  if (!all.ok()) return all;
  std::erase_if(*all, [](const std::string& name) {
    const std::optional<ScopeName> place = ScopeName::Parse(name);
    return !place || !HomeAllows(Home::kShared, place->kind);
  });
  return all;
}

absl::StatusOr<std::optional<FoundRecord>> AttachmentReader::AboutOf(
    const AttachmentAnswer& attachment) const {
  const KindInfo* kind = store_.kinds->Find(attachment.record.about_kind());
  const std::optional<RecordId> id = RecordId::Parse(attachment.record.about());
  if (kind == nullptr || !id) return std::optional<FoundRecord>();
  for (const std::string& scope : {attachment.scope, std::string("shared")}) {
    absl::StatusOr<std::optional<StoredRecord>> stored = store_.replica->Get(scope, *id);
    if (!stored.ok()) return stored.status();
    if (!stored->has_value() || (*stored)->state.kind != kind->full_name) continue;
    if (!IsLive(PresenceOf((*stored)->state))) continue;
    return std::optional<FoundRecord>(FoundRecord{kind, *ScopeName::Parse(scope), *id, **std::move(stored)});
  }
  return std::optional<FoundRecord>();
}

absl::StatusOr<bool> AttachmentReader::IsFor(const Principal& principal,
                                             const AttachmentAnswer& attachment) const {
  const KindInfo* own_kind = store_.kinds->Find(kAttachmentKind);
  if (!Decide(principal, Action::kRead, *ScopeName::Parse(attachment.scope), own_kind).allowed) return false;
  if (principal.type == PrincipalType::kSystem || IsActor(principal, attachment.created_by)) return true;
  const absl::StatusOr<std::optional<FoundRecord>> about = AboutOf(attachment);
  if (!about.ok()) return about.status();
  if (!about->has_value()) return false;
  const FoundRecord& record = **about;
  const FieldInfo* holder = HolderField(*record.kind);
  if (holder == nullptr || !Decide(principal, Action::kRead, record.scope, record.kind).allowed) return false;
  const absl::StatusOr<ShownState> open = OpenState(*record.kind, record.stored.state, principal);
  if (!open.ok()) return open.status();
  if (!MaySeeField(principal, record.scope, *holder, open->relation)) return false;
  const std::vector<std::string> names = NamesIn(*holder, *open->message);
  return std::find(names.begin(), names.end(), attachment.id.ToString()) != names.end();
}

absl::StatusOr<AttachmentAnswer> AttachmentReader::Find(const Principal& principal,
                                                        const AttachmentName& name, bool with_deleted) const {
  const std::optional<RecordId> id = RecordId::Parse(name.id);
  if (!id)
    return FieldViolationsError(
        {{"name.id", "is no attachment's id; `trellis attachments list` tells them"}});
  const absl::StatusOr<std::vector<std::string>> scopes = ScopesToLookIn(name.scope);
  if (!scopes.ok()) return scopes.status();
  for (const std::string& scope : *scopes) {
    absl::StatusOr<std::optional<AttachmentAnswer>> found = Load(scope, *id, with_deleted);
    if (!found.ok()) return found.status();
    if (!found->has_value()) continue;
    const absl::StatusOr<bool> is_for = IsFor(principal, **found);
    if (!is_for.ok()) return is_for.status();
    if (*is_for) return **std::move(found);
  }
  return NoSuchAttachment(name.id);
}

absl::StatusOr<AttachmentAnswer> AttachmentReader::Get(const Principal& principal,
                                                       const AttachmentName& name) const {
  absl::StatusOr<AttachmentAnswer> found = Find(principal, name, /*with_deleted=*/false);
  if (!found.ok()) return found;
  if (absl::Status status = CountParts(&*found); !status.ok()) return status;
  return found;
}

absl::StatusOr<AttachmentList> AttachmentReader::List(const Principal& principal,
                                                      const RecordName& about) const {
  const absl::StatusOr<FoundRecord> record = LocateRecord(store_, principal, about, /*with_deleted=*/true);
  if (!record.ok()) return record.status();
  AttachmentList list;
  const FieldInfo* holder = HolderField(*record->kind);
  if (holder == nullptr) return list;
  const absl::StatusOr<ShownState> open = OpenState(*record->kind, record->stored.state, principal);
  if (!open.ok()) return open.status();
  if (!MaySeeField(principal, record->scope, *holder, open->relation)) return list;
  std::vector<std::string> names = NamesIn(*holder, *open->message);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    // A site's file for a shared record stands with the site, all others with their record.
    const bool beside = record->scope.kind != ScopeName::Kind::kShared;
    absl::StatusOr<AttachmentAnswer> found =
        Get(principal, {name, beside ? record->scope.ToString() : std::string()});
    if (found.ok()) {
      list.attachments.push_back(*std::move(found));
    } else if (absl::IsNotFound(found.status()) || absl::IsInvalidArgument(found.status())) {
      ++list.not_here;
    } else {
      return found.status();
    }
  }
  return list;
}

absl::Status AttachmentReader::CountParts(AttachmentAnswer* attachment) const {
  attachment->missing.clear();
  attachment->erased = 0;
  for (size_t i = 0; i < attachment->parts.size(); ++i) {
    const auto stored = store_.replica->Get(attachment->scope, attachment->parts[i]);
    if (!stored.ok()) return stored.status();
    const bool erased = stored->has_value() && PresenceOf((*stored)->state) == Presence::kErased;
    attachment->erased += erased ? 1 : 0;
    if (erased || !stored->has_value() || (*stored)->state.kind != kPartKind)
      attachment->missing.push_back(i);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> AttachmentReader::ReadPart(const AttachmentAnswer& attachment,
                                                       size_t part) const {
  const RecordId& id = attachment.parts.at(part);
  const auto stored = store_.replica->Get(attachment.scope, id);
  if (!stored.ok()) return stored.status();
  const KindInfo* kind = store_.kinds->Find(kPartKind);
  if (!stored->has_value() || PresenceOf((*stored)->state) == Presence::kErased) {
    return ErrorWithReason(reason::kFileIncomplete, fmt::format("Part {} of {} is not here any more", part,
                                                                attachment.record.file_name()));
  }
  const ShownRecord shown = Show((*stored)->state, [kind](uint32_t field) { return kind->PolicyOf(field); });
  domain::v1::AttachmentPart message;
  const bool sound = (*stored)->state.kind == kPartKind && CheckPart(id, shown.message).ok() &&
                     message.ParseFromString(shown.message) &&
                     message.data().size() == BytesOfPart(attachment.record.size_bytes(), part);
  if (sound) return std::move(*message.mutable_data());
  return absl::DataLossError(
      fmt::format("part {} of {} is not what was attached, so it is not handed out: attach the file again",
                  part, attachment.record.file_name()));
}

}  // namespace trellis
