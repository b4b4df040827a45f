#include "server/across/home_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "common/causal/bytes.h"
#include "common/merge/show.h"
#include "common/record/index_entries.h"
#include "common/record/message_cells.h"
#include "common/service/derived_id.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

using domain::v1::Participation;

constexpr char kActor[] = "district/copies";
constexpr char kStaff[] = "trellis.domain.v1.Staff";
constexpr char kParticipation[] = "trellis.domain.v1.Participation";

std::string MetaKey(const std::string& scope) { return "across/followed/" + scope; }
// Where the copy of a record stands.
std::string CopyKey(const std::string& scope, const RecordId& id) {
  return fmt::format("across/copy/{}/{}", scope, id.ToString());
}

// As it shows; nullopt where it is not live, or its bytes are not of the kind.
template <typename KindT>
std::optional<KindT> Shown(const KindInfo& kind, const StoredRecord& stored) {
  const ShownRecord shown = Show(stored.state, [&](uint32_t field) { return kind.PolicyOf(field); });
  KindT message;
  if (!IsLive(shown.presence) || !message.ParseFromString(shown.message)) return std::nullopt;
  return message;
}

// What of an original goes to the person's home.
absl::StatusOr<std::vector<CellWrite>> CopiedCells(const KindInfo& kind, const std::string& shown,
                                                   const std::string& copied_from) {
  Participation mark;
  mark.set_copied_from(copied_from);
  absl::StatusOr<std::vector<MessageCell>> cells =
      SplitMessage(shown + mark.SerializeAsString(), kind.split_rules);
  if (!cells.ok()) return cells.status();
  std::vector<CellWrite> copied;
  for (MessageCell& cell : *cells) {
    const FieldInfo* field = kind.Find(cell.field);
    const bool everybodys = field != nullptr && (field->visibility == Visibility::kMembers ||
                                                 field->visibility == Visibility::kPublic);
    if (everybodys) copied.push_back({{cell.field, std::move(cell.element)}, std::move(cell.bytes), false});
  }
  return copied;
}

}  // namespace

RecordId HomeCopies::CopyId(const Original& original) const {
  return DerivedRecordId(store_.district_key, "copy", {original.scope, original.id.ToString()});
}

absl::StatusOr<int> HomeCopies::CatchUp(size_t most) {
  written_ = 0;
  if (!homes_read_) {
    if (absl::Status status = ReadHomes(); !status.ok()) return status;
    homes_read_ = true;
  }
  const absl::StatusOr<std::vector<std::string>> scopes = store_.replica->Scopes();
  if (!scopes.ok()) return scopes.status();
  for (const std::string& scope : *scopes) {
    const std::optional<ScopeName> name = ScopeName::Parse(scope);
    if (!name.has_value() || name->kind != ScopeName::Kind::kSite) continue;
    if (absl::Status status = FollowScope(scope, most); !status.ok()) return status;
  }
  return written_;
}

absl::Status HomeCopies::ReadHomes() {
  const absl::StatusOr<std::vector<std::string>> scopes = store_.replica->Scopes();
  if (!scopes.ok()) return scopes.status();
  const KindInfo* kind = store_.kinds->Find(kStaff);
  for (const std::string& scope : *scopes) {
    absl::Status status =
        store_.replica->ScanKind(scope, kStaff, RecordId{}, /*with_deleted=*/false,
                                 [&](const RecordId& id, const StoredRecord& stored) {
                                   const auto staff = Shown<domain::v1::Staff>(*kind, stored);
                                   if (staff) PutHome(scope, id, {id.ToString(), staff->staff_unique_id()});
                                   return true;
                                 });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

void HomeCopies::PutHome(const std::string& scope, const RecordId& id, std::set<std::string> names) {
  names.erase("");
  std::set<std::string>& known = names_[{scope, id}];
  for (const std::string& name : known) homes_[name].erase(scope);
  for (const std::string& name : names) homes_[name].insert(scope);
  known = std::move(names);
}

absl::Status HomeCopies::FollowScope(const std::string& scope, size_t most) {
  const auto [place, fresh] = followed_.try_emplace(scope, 0);
  if (fresh) {
    const absl::StatusOr<std::optional<std::string>> row = store_.replica->GetMeta(MetaKey(scope));
    if (!row.ok()) return row.status();
    if (row->has_value()) place->second = ByteReader(**row).Varint();
  }
  const absl::StatusOr<ScopeHead> head = store_.replica->Head(scope);
  if (!head.ok()) return head.status();
  if (head->seq == place->second) return absl::OkStatus();
  // Read first, written after: no scan is open while copies are committed.
  std::vector<Original> changed;
  uint64_t seq = place->second;
  absl::Status scanned = store_.replica->ScanFeed(
      scope, place->second, [&](uint64_t entry, const RecordId& id, const StoredRecord& stored) {
        seq = entry;
        const std::string& kind = stored.state.kind;
        if (kind == kStaff || kind == kParticipation) changed.push_back({scope, id, stored});
        return changed.size() < most;
      });
  if (!scanned.ok()) return scanned;
  for (const Original& one : changed) {
    absl::Status status = one.stored.state.kind == kStaff ? TakeStaff(scope, one.id, one.stored) : Judge(one);
    if (absl::IsAborted(status)) return absl::OkStatus();  // the next call takes them all in again
    if (!status.ok()) return status;
  }
  if (changed.size() < most) seq = head->seq;
  place->second = seq;
  if (changed.empty()) return absl::OkStatus();  // passing it again costs nothing
  std::string row;
  AppendVarint(&row, seq);
  return store_.replica->PutMeta(MetaKey(scope), row);
}

absl::Status HomeCopies::TakeStaff(const std::string& scope, const RecordId& id, const StoredRecord& stored) {
  const KindInfo& kind = *store_.kinds->Find(kStaff);
  // Of one deleted or moved away its values still say whose it was.
  const ShownRecord shown = Show(stored.state, [&](uint32_t field) { return kind.PolicyOf(field); });
  std::set<std::string> names = {id.ToString(), CodeOf(kind, shown.message)};
  std::set<std::string> concerned = names_[{scope, id}];
  concerned.insert(names.begin(), names.end());
  concerned.erase("");
  PutHome(scope, id, IsLive(shown.presence) ? std::move(names) : std::set<std::string>());
  return JudgeAllOf(concerned);
}

absl::Status HomeCopies::JudgeAllOf(const std::set<std::string>& names) {
  const KindInfo* kind = store_.kinds->Find(kParticipation);
  const absl::StatusOr<std::vector<std::string>> scopes = store_.replica->Scopes();
  if (!scopes.ok()) return scopes.status();
  const FieldInfo* staff = kind->Find("staff");
  for (const std::string& scope : *scopes) {
    std::set<RecordId> ids;
    for (const std::string& name : names) {
      const std::string low = EncodeIndexText(name);
      absl::Status status = store_.replica->ScanIndex(scope, kParticipation, staff->number, low, low + '\0',
                                                      [&](std::string_view, const RecordId& id) {
                                                        ids.insert(id);
                                                        return true;
                                                      });
      if (!status.ok()) return status;
    }
    for (const RecordId& id : ids) {
      absl::StatusOr<std::optional<StoredRecord>> stored = store_.replica->Get(scope, id);
      if (!stored.ok()) return stored.status();
      if (!stored->has_value()) continue;
      if (absl::Status status = Judge({scope, id, **std::move(stored)}); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

std::string HomeCopies::HomeOf(const std::string& staff, const std::string& host) const {
  const auto homes = homes_.find(staff);
  if (homes == homes_.end() || homes->second.empty() || homes->second.contains(host)) return "";
  return *homes->second.begin();
}

absl::Status HomeCopies::Judge(const Original& original) {
  const auto part = Shown<Participation>(*store_.kinds->Find(kParticipation), original.stored);
  if (part && !part->copied_from().empty()) return absl::OkStatus();
  const std::string home = part ? HomeOf(part->staff(), original.scope) : "";
  const std::string key = CopyKey(original.scope, original.id);
  const absl::StatusOr<std::optional<std::string>> last = store_.replica->GetMeta(key);
  if (!last.ok()) return last.status();
  const std::string stands_at = last->value_or("");
  if (!stands_at.empty() && stands_at != home) {
    if (absl::Status status = TakeAway(original, stands_at); !status.ok()) return status;
  }
  // Noted before it is made, so that one made is never forgotten.
  if (stands_at != home) {
    if (absl::Status status = store_.replica->PutMeta(key, home); !status.ok()) return status;
  }
  return home.empty() ? absl::OkStatus() : Place(original, home);
}

absl::Status HomeCopies::Place(const Original& original, const std::string& home) {
  const KindInfo& kind = *store_.kinds->Find(kParticipation);
  const ShownRecord shown = Show(original.stored.state, [&](uint32_t field) { return kind.PolicyOf(field); });
  absl::StatusOr<std::vector<CellWrite>> cells =
      CopiedCells(kind, shown.message, fmt::format("{} {}", original.scope, original.id.ToString()));
  if (!cells.ok()) return absl::OkStatus();  // its bytes are not of the kind: whoever opens it is told
  RecordWrite write;
  write.scope = home;
  write.kind = kParticipation;
  write.id = CopyId(original);
  write.cells = *std::move(cells);
  write.lane = static_cast<Lane>(kind.lane);
  absl::StatusOr<std::optional<StoredRecord>> there = store_.replica->Get(home, *write.id);
  if (!there.ok()) return there.status();
  if (!there->has_value()) return Write(std::move(write));
  const StoredRecord& copy = **there;
  if (PresenceOf(copy.state) == Presence::kErased) return absl::OkStatus();
  if (!IsLive(PresenceOf(copy.state))) {
    RecordWrite restore = write;
    restore.type = RecordWrite::Type::kRestore;
    restore.cells.clear();
    if (absl::Status status = Write(std::move(restore)); !status.ok()) return status;
    there = store_.replica->Get(home, *write.id);
    if (!there.ok()) return there.status();
  }
  for (const Cell& cell : copy.state.cells) {
    const bool wanted = cell.key.field == kLifecycleField ||
                        std::any_of(write.cells.begin(), write.cells.end(),
                                    [&](const CellWrite& one) { return one.key == cell.key; });
    if (!wanted) write.cells.push_back({cell.key, "", true});
  }
  write.type = RecordWrite::Type::kUpdate;
  write.if_version = (*there)->version;
  return Write(std::move(write));
}

absl::Status HomeCopies::TakeAway(const Original& original, const std::string& home) {
  const bool erased = PresenceOf(original.stored.state) == Presence::kErased;
  const RecordId id = CopyId(original);
  absl::StatusOr<std::optional<StoredRecord>> there = store_.replica->Get(home, id);
  if (!there.ok()) return there.status();
  if (!there->has_value()) return absl::OkStatus();
  const Presence presence = PresenceOf((*there)->state);
  if (presence == Presence::kErased || (!erased && !IsLive(presence))) return absl::OkStatus();
  RecordWrite write;
  write.type = erased ? RecordWrite::Type::kErase : RecordWrite::Type::kDelete;
  write.scope = home;
  write.kind = kParticipation;
  write.id = id;
  write.if_version = (*there)->version;
  return Write(std::move(write));
}

absl::Status HomeCopies::Write(RecordWrite write) {
  WriteRequest request;
  request.actor = kActor;
  request.records.push_back(std::move(write));
  const uint64_t before = store_.replica->Head(request.records.front().scope)->seq;
  const absl::StatusOr<WriteOutcome> outcome = store_.replica->Write(request);
  if (!outcome.ok()) return outcome.status();
  written_ += outcome->seq > before ? 1 : 0;
  return absl::OkStatus();
}

}  // namespace trellis
