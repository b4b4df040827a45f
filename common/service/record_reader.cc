#include "common/service/record_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/causal/bytes.h"
#include "common/causal/lifecycle.h"
#include "common/rpc/error_reason.h"
#include "common/service/opaque_token.h"

namespace trellis {
namespace {

constexpr char kConflictPurpose[] = "conflicts";

std::string WhatHappened(const HistoryEntry& entry) {
  if (entry.key.field != kLifecycleField) return entry.after.empty() ? "cleared" : "set";
  const std::optional<Lifecycle> lifecycle = DecodeLifecycle(entry.after);
  if (!lifecycle) return "restored";
  switch (lifecycle->mark) {
    case LifecycleMark::kLive:
      return "restored";
    case LifecycleMark::kDeleted:
      return "deleted";
    case LifecycleMark::kMoved:
      return "moved";
    case LifecycleMark::kErased:
      return "erased";
  }
  return "set";
}

RecordChangeAnswer AnswerOfEntry(const KindInfo& kind, const HistoryEntry& entry) {
  RecordChangeAnswer change;
  change.what = WhatHappened(entry);
  change.actor = entry.actor;
  change.at = entry.at;
  if (entry.key.field == kLifecycleField) return change;
  const FieldInfo* field = kind.Find(entry.key.field);
  change.field = field != nullptr ? field->name : std::to_string(entry.key.field);
  change.element = ElementText(entry.key.element);
  change.before = CellJson(kind, entry.key, entry.before);
  change.after = CellJson(kind, entry.key, entry.after);
  return change;
}

// What a conflict list goes on after.
struct Place {
  std::string scope;
  RecordId id;
};

absl::StatusOr<Place> OpenPlace(const RecordStore& store, const std::string& context,
                                const std::string& token) {
  Place place;
  if (token.empty()) return place;
  const std::optional<std::string> payload = OpenToken(store.token_key, kConflictPurpose, context, token);
  if (payload) {
    ByteReader reader(*payload);
    place.scope = std::string(reader.Sized());
    const std::string_view id = reader.Take(place.id.bytes.size());
    if (reader.ok() && reader.AtEnd()) {
      place.id = RecordId::FromBytes(id);
      return place;
    }
  }
  return ErrorWithReason(reason::kPageTokenInvalid,
                         "The page token does not belong to this list; begin anew");
}

// In order.
absl::StatusOr<std::vector<ScopeName>> ScopesOfQuery(const RecordStore& store, const std::string& scope) {
  std::vector<ScopeName> scopes;
  if (!scope.empty()) {
    absl::StatusOr<ScopeName> name = KnownScope(store, scope);
    if (!name.ok()) return name.status();
    scopes.push_back(*name);
    return scopes;
  }
  absl::StatusOr<std::vector<std::string>> names = store.replica->Scopes();
  if (!names.ok()) return names.status();
  for (const std::string& text : *names) {
    if (const std::optional<ScopeName> name = ScopeName::Parse(text)) scopes.push_back(*name);
  }
  return scopes;
}

}  // namespace

absl::StatusOr<RecordAnswer> RecordReader::Get(const Principal& principal, const RecordName& name) const {
  absl::StatusOr<FoundRecord> found = LocateRecord(store_, principal, name, /*with_deleted=*/false);
  if (!found.ok()) return found.status();
  return AnswerOf(*found->kind, found->scope, found->id, found->stored, principal);
}

absl::StatusOr<std::vector<RecordChangeAnswer>> RecordReader::History(const Principal& principal,
                                                                      const RecordName& name) const {
  absl::StatusOr<FoundRecord> found = LocateRecord(store_, principal, name, /*with_deleted=*/true);
  if (!found.ok()) return found.status();
  absl::StatusOr<ShownState> open = OpenState(*found->kind, found->stored.state, principal);
  if (!open.ok()) return open.status();
  absl::StatusOr<std::vector<HistoryEntry>> entries =
      store_.replica->History(found->scope.ToString(), found->id);
  if (!entries.ok()) return entries.status();
  std::vector<RecordChangeAnswer> changes;
  for (const HistoryEntry& entry : *entries) {
    const FieldInfo* field = found->kind->Find(entry.key.field);
    const bool shown = entry.key.field == kLifecycleField ||
                       (field != nullptr && MaySeeField(principal, found->scope, *field, open->relation));
    if (shown) changes.push_back(AnswerOfEntry(*found->kind, entry));
  }
  return changes;
}

absl::StatusOr<RecordPage> RecordReader::Conflicts(const Principal& principal,
                                                   const ConflictQuery& query) const {
  const KindInfo* only = nullptr;
  if (!query.kind.empty()) {
    absl::StatusOr<const KindInfo*> kind = FindKind(store_, query.kind);
    if (!kind.ok()) return kind.status();
    only = *kind;
  }
  absl::StatusOr<std::vector<ScopeName>> scopes = ScopesOfQuery(store_, query.scope);
  if (!scopes.ok()) return scopes.status();
  absl::StatusOr<size_t> page_size = PageSize(query.page_size);
  if (!page_size.ok()) return page_size.status();
  std::string context;
  for (const std::string& part : {principal.account, query.kind, query.scope}) AppendSized(&context, part);
  absl::StatusOr<Place> place = OpenPlace(store_, context, query.page_token);
  if (!place.ok()) return place.status();

  RecordPage page;
  bool more = false;
  for (const ScopeName& scope : *scopes) {
    const std::string scope_text = scope.ToString();
    if (scope_text < place->scope) continue;
    const absl::Status status =
        store_.replica->ScanConflicts(scope_text, [&](const RecordId& id, const StoredRecord& stored) {
          if (scope_text == place->scope && id <= place->id) return true;
          const KindInfo* kind = store_.kinds->Find(stored.state.kind);
          if (kind == nullptr || (only != nullptr && kind != only)) return true;
          if (!Decide(principal, Action::kRead, scope, kind).allowed) return true;
          absl::StatusOr<RecordAnswer> answer = AnswerOf(*kind, scope, id, stored, principal);
          if (!answer.ok()) return true;  // not of its kind; see record_list.cc
          const bool flagged = answer->presence == Presence::kLiveDespiteDelete ||
                               answer->presence == Presence::kMovedButChanged;
          if (answer->conflicts.empty() && !flagged) return true;
          more = page.records.size() == *page_size;
          if (!more) page.records.push_back(*std::move(answer));
          return !more;
        });
    if (!status.ok()) return status;
    if (more) break;
  }
  if (more) {
    std::string payload;
    AppendSized(&payload, page.records.back().scope);
    payload += page.records.back().id.view();
    page.next_page_token = SealToken(store_.token_key, kConflictPurpose, context, payload);
  }
  return page;
}

}  // namespace trellis
