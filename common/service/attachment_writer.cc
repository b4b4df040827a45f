#include "common/service/attachment_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/record/message_cells.h"
#include "common/rpc/error_reason.h"

namespace trellis {
namespace {

using google::protobuf::Message;

// Erased in one commit: each is read whole first.
constexpr size_t kErasedAtOnce = 32;
// Attachments of one file to one record that were deleted or erased, and erasures of the same bytes.
constexpr uint32_t kMostAttempts = 1'000;
// Somebody else changes the same record meanwhile.
constexpr int kReferenceTries = 5;

absl::Status HoldsNoFiles(const RecordStore& store, const KindInfo& kind) {
  std::string others;
  for (const KindInfo& other : store.kinds->kinds()) {
    if (HolderField(other) != nullptr) others += (others.empty() ? "" : ", ") + other.name;
  }
  return FieldViolationsError(
      {{"aboutKind", fmt::format("{} records hold no files; these do: {}", kind.name, others)}});
}

absl::Status NotAnnounced(const std::string& problem) {
  return ErrorWithReason(reason::kFileInvalid, problem);
}

absl::StatusOr<std::vector<CellWrite>> CellsOf(const KindInfo& kind, const Message& message) {
  absl::StatusOr<std::vector<MessageCell>> cells =
      SplitMessage(message.SerializeAsString(), kind.split_rules);
  if (!cells.ok()) return cells.status();
  std::vector<CellWrite> writes;
  for (MessageCell& cell : *cells) {
    writes.push_back({{cell.field, std::move(cell.element)}, std::move(cell.bytes), false});
  }
  return writes;
}

}  // namespace

absl::StatusOr<ScopeName> AttachmentWriter::ScopeFor(const FoundRecord& about) const {
  if (about.scope.kind == ScopeName::Kind::kShared && !store_.at_district()) {
    return ScopeOfHome(Home::kSite, store_.own_site);
  }
  if (HomeAllows(Home::kShared, about.scope.kind)) return about.scope;
  return FieldViolationsError(
      {{"scope", fmt::format("records in {} hold no files", about.scope.ToString())}});
}

absl::Status AttachmentWriter::CheckQuota(const std::string& scope, int64_t more_bytes) const {
  int64_t bytes = more_bytes;
  const KindInfo* kind = store_.kinds->Find(kAttachmentKind);
  absl::Status status =
      store_.replica->ScanKind(scope, kAttachmentKind, RecordId{}, /*with_deleted=*/false,
                               [&](const RecordId&, const StoredRecord& stored) {
                                 domain::v1::Attachment attachment;
                                 const ShownRecord shown = Show(
                                     stored.state, [kind](uint32_t field) { return kind->PolicyOf(field); });
                                 if (attachment.ParseFromString(shown.message))
                                   bytes += attachment.size_bytes();
                                 return true;
                               });
  if (!status.ok()) return status;
  if (bytes <= kMostScopeBytes) return absl::OkStatus();
  return ErrorWithReason(
      reason::kFileQuota,
      fmt::format("{} would hold {} MB of files; it may hold {} MB: take off what is not needed", scope,
                  bytes / 1'000'000, kMostScopeBytes / 1'000'000));
}

absl::StatusOr<uint32_t> AttachmentWriter::FreeGeneration(const std::string& scope,
                                                          const FileOffer& offer) const {
  const std::vector<Sha256> hashes = PartHashesOf(offer);
  for (uint32_t generation = 0; generation < kMostAttempts; ++generation) {
    bool erased = false;
    for (const Sha256& hash : hashes) {
      const auto stored = store_.replica->Get(scope, PartId(generation, hash));
      if (!stored.ok()) return stored.status();
      erased = stored->has_value() && PresenceOf((*stored)->state) == Presence::kErased;
      if (erased) break;
    }
    if (!erased) return generation;
  }
  return NotAnnounced("These bytes were erased too often; change the file");
}

absl::Status AttachmentWriter::WriteNew(const Principal& principal, const std::string& scope,
                                        const RecordId& id, const domain::v1::Attachment& record) const {
  const KindInfo& kind = *store_.kinds->Find(kAttachmentKind);
  if (const auto violations = FindViolations(kind, record); !violations.empty()) {
    return FieldViolationsError(violations);
  }
  absl::StatusOr<std::vector<CellWrite>> cells = CellsOf(kind, record);
  if (!cells.ok()) return cells.status();
  RecordWrite write;
  write.scope = scope;
  write.kind = kind.full_name;
  write.id = id;
  write.cells = *std::move(cells);
  write.lane = static_cast<Lane>(kind.lane);
  const absl::Status written = store_.replica->Write({ActorOf(store_, principal), "", {write}}).status();
  return absl::IsAlreadyExists(written) ? absl::OkStatus() : written;
}

absl::Status AttachmentWriter::PutReference(const Principal& principal, const FoundRecord& about,
                                            const RecordId& id, bool named, bool only_try) const {
  const FieldInfo& holder = *HolderField(*about.kind);
  absl::Status status;
  for (int i = 0; i < kReferenceTries; ++i) {
    const auto stored = store_.replica->Get(about.scope.ToString(), about.id);
    if (!stored.ok()) return stored.status();
    if (!stored->has_value()) return absl::OkStatus();
    const absl::StatusOr<ShownState> open = OpenState(*about.kind, (*stored)->state, principal);
    if (!open.ok()) return open.status();
    std::vector<std::string> names = NamesIn(holder, *open->message);
    const auto at = std::find(names.begin(), names.end(), id.ToString());
    if ((at != names.end()) == named) return absl::OkStatus();
    if (named) {
      names.push_back(id.ToString());
    } else {
      names.erase(at);
    }
    const std::unique_ptr<Message> changes(open->message->New());
    for (const std::string& name : names) {
      changes->GetReflection()->AddString(changes.get(), holder.descriptor, name);
    }
    UpdateRequest update;
    update.name = {about.kind->name, about.id.ToString(), about.scope.ToString()};
    update.data = changes->SerializeAsString();
    update.mask = {holder.name};
    update.etag = (*stored)->version.ToHex();
    update.validate_only = only_try;
    status = writer_->Update(principal, update).status();
    if (!absl::IsAborted(status)) return status;
  }
  return status;
}

absl::StatusOr<AttachmentAnswer> AttachmentWriter::FindOrMake(const Principal& principal,
                                                              const FoundRecord& about,
                                                              const std::string& scope,
                                                              const FileOffer& offer) const {
  for (uint32_t attempt = 0; attempt < kMostAttempts; ++attempt) {
    const RecordId id = AttachmentId(attempt, scope, about.id.ToString(), offer);
    const auto stored = store_.replica->Get(scope, id);
    if (!stored.ok()) return stored.status();
    absl::StatusOr<std::optional<AttachmentAnswer>> found = reader_.Load(scope, id, /*with_deleted=*/false);
    if (!found.ok()) return found.status();
    if (found->has_value()) {
      if (absl::Status status = reader_.CountParts(&**found); !status.ok()) return status;
      if ((*found)->erased == 0) return **std::move(found);
      // Its bytes were erased with another file of the same: it is made anew.
      if (absl::Status status = TakeOff(principal, **found); !status.ok()) return status;
      continue;
    }
    if (stored->has_value()) continue;
    if (absl::Status status = PutReference(principal, about, id, /*named=*/true, /*only_try=*/true);
        !status.ok()) {
      return status;
    }
    if (absl::Status status = CheckQuota(scope, offer.size_bytes); !status.ok()) return status;
    const absl::StatusOr<uint32_t> generation = FreeGeneration(scope, offer);
    if (!generation.ok()) return generation.status();
    domain::v1::Attachment record = AttachmentOf(offer, *generation);
    record.set_about_kind(about.kind->name);
    record.set_about(about.id.ToString());
    if (absl::Status status = WriteNew(principal, scope, id, record); !status.ok()) return status;
    found = reader_.Load(scope, id, /*with_deleted=*/false);
    if (!found.ok()) return found.status();
    if (!found->has_value()) return absl::AbortedError("the attachment was deleted meanwhile; try again");
    if (absl::Status status = reader_.CountParts(&**found); !status.ok()) return status;
    return **std::move(found);
  }
  return NotAnnounced("This file was attached and taken off too often; change its name");
}

absl::StatusOr<AttachmentAnswer> AttachmentWriter::Create(const Principal& principal, const RecordName& about,
                                                          const FileOffer& offer) const {
  if (const auto violations = FindViolations(offer); !violations.empty())
    return FieldViolationsError(violations);
  const absl::StatusOr<FoundRecord> record = LocateRecord(store_, principal, about, /*with_deleted=*/false);
  if (!record.ok()) return record.status();
  if (HolderField(*record->kind) == nullptr) return HoldsNoFiles(store_, *record->kind);
  const absl::StatusOr<ScopeName> scope = ScopeFor(*record);
  if (!scope.ok()) return scope.status();
  if (absl::Status status =
          RequireAccess(principal, Action::kCreate, *scope, store_.kinds->Find(kAttachmentKind));
      !status.ok()) {
    return status;
  }
  absl::StatusOr<AttachmentAnswer> attachment = FindOrMake(principal, *record, scope->ToString(), offer);
  if (!attachment.ok()) return attachment;
  if (absl::Status status =
          PutReference(principal, *record, attachment->id, /*named=*/true, /*only_try=*/false);
      !status.ok()) {
    return status;
  }
  return attachment;
}

absl::StatusOr<AttachmentAnswer> AttachmentWriter::FindToSend(const Principal& principal,
                                                              const AttachmentName& name) const {
  absl::StatusOr<AttachmentAnswer> attachment = reader_.Find(principal, name, /*with_deleted=*/false);
  if (!attachment.ok() || IsActor(principal, attachment->created_by)) return attachment;
  const absl::StatusOr<std::optional<FoundRecord>> about = reader_.AboutOf(*attachment);
  if (!about.ok()) return about.status();
  if (!about->has_value()) {
    return ErrorWithReason(reason::kAccessDenied, "Only who attached a file sends its parts");
  }
  const absl::StatusOr<ShownState> open = OpenState(*(*about)->kind, (*about)->stored.state, principal);
  if (!open.ok()) return open.status();
  if (absl::Status status =
          RequireAccessToRecord(principal, Action::kUpdate, (*about)->scope, *(*about)->kind, open->relation);
      !status.ok()) {
    return status;
  }
  return attachment;
}

absl::Status AttachmentWriter::AddParts(const Principal& principal, const AttachmentAnswer& attachment,
                                        const std::vector<Part>& parts) const {
  const KindInfo& kind = *store_.kinds->Find(kPartKind);
  WriteRequest request;
  request.actor = ActorOf(store_, principal);
  std::set<size_t> taken;
  for (const auto& [number, bytes] : parts) {
    const bool fits = number < attachment.parts.size() &&
                      bytes.size() == BytesOfPart(attachment.record.size_bytes(), number);
    if (!fits || PartId(attachment.record.generation(), Sha256Of(bytes)) != attachment.parts[number]) {
      return NotAnnounced(
          fmt::format("Part {} of {} is not what was announced; the file changed while it was "
                      "sent: attach it again",
                      number, attachment.record.file_name()));
    }
    const RecordId& id = attachment.parts[number];
    const auto stored = store_.replica->Get(attachment.scope, id);
    if (!stored.ok()) return stored.status();
    if (stored->has_value() && PresenceOf((*stored)->state) == Presence::kErased) {
      return ErrorWithReason(
          reason::kFileIncomplete,
          fmt::format("Part {} of {} was erased with another file of the same bytes: attach "
                      "the file again",
                      number, attachment.record.file_name()));
    }
    const bool sound = stored->has_value() && reader_.ReadPart(attachment, number).ok();
    const bool twice = std::any_of(request.records.begin(), request.records.end(),
                                   [&](const RecordWrite& write) { return write.id == id; });
    if (sound || twice) continue;
    domain::v1::AttachmentPart message;
    message.set_data(bytes);
    message.set_generation(attachment.record.generation());
    absl::StatusOr<std::vector<CellWrite>> cells = CellsOf(kind, message);
    if (!cells.ok()) return cells.status();
    RecordWrite& write = request.records.emplace_back();
    write.type = stored->has_value() ? RecordWrite::Type::kUpdate : RecordWrite::Type::kCreate;
    write.scope = attachment.scope;
    write.kind = kind.full_name;
    write.id = id;
    write.cells = *std::move(cells);
    write.lane = static_cast<Lane>(kind.lane);
    if (stored->has_value()) write.if_version = (*stored)->version;
  }
  if (request.records.empty()) return absl::OkStatus();
  return store_.replica->Write(request).status();
}

absl::Status AttachmentWriter::Mark(const Principal& principal, const AttachmentAnswer& attachment,
                                    RecordWrite::Type type) const {
  RecordWrite write;
  write.type = type;
  write.scope = attachment.scope;
  write.kind = kAttachmentKind;
  write.id = attachment.id;
  return store_.replica->Write({ActorOf(store_, principal), "", {write}}).status();
}

absl::Status AttachmentWriter::DropReference(const Principal& principal,
                                             const AttachmentAnswer& attachment) const {
  const absl::StatusOr<std::optional<FoundRecord>> about = reader_.AboutOf(attachment);
  if (!about.ok()) return about.status();
  if (!about->has_value() || HolderField(*(*about)->kind) == nullptr) return absl::OkStatus();
  return PutReference(principal, **about, attachment.id, /*named=*/false, /*only_try=*/false);
}

absl::Status AttachmentWriter::TakeOff(const Principal& principal, const AttachmentAnswer& attachment) const {
  if (absl::Status status = DropReference(principal, attachment); !status.ok()) return status;
  return Mark(principal, attachment, RecordWrite::Type::kDelete);
}

absl::Status AttachmentWriter::Delete(const Principal& principal, const AttachmentName& name) const {
  const absl::StatusOr<AttachmentAnswer> attachment = FindToSend(principal, name);
  return attachment.ok() ? TakeOff(principal, *attachment) : attachment.status();
}

absl::StatusOr<std::vector<RecordId>> AttachmentWriter::PartsOnlyOf(
    const AttachmentAnswer& attachment) const {
  const KindInfo* kind = store_.kinds->Find(kAttachmentKind);
  std::set<RecordId> of_others;
  absl::Status status =
      store_.replica->ScanKind(attachment.scope, kAttachmentKind, RecordId{}, /*with_deleted=*/true,
                               [&](const RecordId& id, const StoredRecord& stored) {
                                 domain::v1::Attachment other;
                                 const ShownRecord shown = Show(
                                     stored.state, [kind](uint32_t field) { return kind->PolicyOf(field); });
                                 if (id == attachment.id || !other.ParseFromString(shown.message))
                                   return true;
                                 for (const RecordId& part : PartIdsOf(other)) of_others.insert(part);
                                 return true;
                               });
  if (!status.ok()) return status;
  std::set<RecordId> own(attachment.parts.begin(), attachment.parts.end());
  std::erase_if(own, [&](const RecordId& part) { return of_others.contains(part); });
  return std::vector<RecordId>(own.begin(), own.end());
}

absl::StatusOr<ErasedParts> AttachmentWriter::Erase(const Principal& principal,
                                                    const AttachmentName& name) const {
  // Who administers a scope erases in it what they may not look at.
  absl::StatusOr<AttachmentAnswer> attachment =
      reader_.Find(OnBehalfOf(principal), name, /*with_deleted=*/true);
  if (!attachment.ok()) return attachment.status();
  if (!IsActor(principal, attachment->created_by)) {
    if (absl::Status status =
            RequireAccess(principal, Action::kAdminister, *ScopeName::Parse(attachment->scope), nullptr);
        !status.ok()) {
      return status;
    }
  }
  const absl::StatusOr<std::vector<RecordId>> parts = PartsOnlyOf(*attachment);
  if (!parts.ok()) return parts.status();
  if (absl::Status status = DropReference(OnBehalfOf(principal), *attachment); !status.ok()) return status;
  for (size_t begin = 0; begin < parts->size(); begin += kErasedAtOnce) {
    WriteRequest request;
    request.actor = ActorOf(store_, principal);
    for (size_t i = begin; i < std::min(parts->size(), begin + kErasedAtOnce); ++i) {
      RecordWrite& write = request.records.emplace_back();
      write.type = RecordWrite::Type::kErase;
      write.scope = attachment->scope;
      write.kind = kPartKind;
      write.id = (*parts)[i];
    }
    if (const auto written = store_.replica->Write(request); !written.ok()) return written.status();
  }
  if (absl::Status status = Mark(principal, *attachment, RecordWrite::Type::kErase); !status.ok())
    return status;
  return ErasedParts{parts->size(), attachment->parts.size() - parts->size()};
}

}  // namespace trellis
