#include "common/service/stored_view.h"

#include <algorithm>

#include "common/merge/show.h"
#include "common/record/index_entries.h"
#include "common/record/validation.h"
#include "common/service/record_locator.h"

namespace trellis {

StoredView::StoredView(const RecordStore& store) : store_(store) {
  // A store that cannot be read shows nothing here; the write that asks fails of itself.
  const absl::StatusOr<std::vector<std::string>> names = store.replica->Scopes();
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    if (const std::optional<ScopeName> scope = ScopeName::Parse(name)) scopes_.push_back(*scope);
  }
}

std::optional<ViewedRecord> StoredView::Open(const KindInfo& kind, const std::string& scope,
                                             const RecordId& id, const StoredRecord& stored) {
  if (stored.state.kind != kind.full_name) return std::nullopt;
  const ShownRecord shown = Show(stored.state, [&](uint32_t field) { return kind.PolicyOf(field); });
  if (!IsLive(shown.presence)) return std::nullopt;
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> message = ParseRecord(kind, shown.message);
  if (!message.ok()) return std::nullopt;
  return ViewedRecord{&kind, scope, id.ToString(), *std::move(message)};
}

std::optional<ViewedRecord> StoredView::Get(const KindInfo& kind, const ScopeName& scope,
                                            const RecordId& id) const {
  const absl::StatusOr<std::optional<StoredRecord>> stored = store_.replica->Get(scope.ToString(), id);
  if (!stored.ok() || !stored->has_value()) return std::nullopt;
  return Open(kind, scope.ToString(), id, **stored);
}

std::optional<ViewedRecord> StoredView::FindIn(const KindInfo& kind, const ScopeName& scope,
                                               const std::string& name) {
  if (!HomeAllows(kind.home, scope.kind)) return std::nullopt;
  const auto [place, fresh] = found_.emplace(kind.name + '\n' + scope.ToString() + '\n' + name, std::nullopt);
  if (!fresh) return place->second;
  if (const std::optional<RecordId> id = RecordId::Parse(name)) {
    place->second = Get(kind, scope, *id);
  } else if (const auto called = RecordsWithCode(store_, kind, scope, name, 1);
             called.ok() && !called->empty()) {
    place->second = Get(kind, scope, called->front());
  }
  return place->second;
}

std::optional<ViewedRecord> StoredView::Find(const std::string& kind_name, const std::string& name,
                                             const std::string& scope) {
  const KindInfo* kind = store_.kinds->Find(kind_name);
  if (kind == nullptr || name.empty()) return std::nullopt;
  const std::optional<ScopeName> own = ScopeName::Parse(scope);
  if (own) {
    if (std::optional<ViewedRecord> found = FindIn(*kind, *own, name)) return found;
  }
  if (std::optional<ViewedRecord> found = FindIn(*kind, ScopeName{}, name)) return found;
  for (const ScopeName& other : scopes_) {
    if (other.kind == ScopeName::Kind::kShared || (own && other == *own)) continue;
    if (std::optional<ViewedRecord> found = FindIn(*kind, other, name)) return found;
  }
  return std::nullopt;
}

std::vector<ViewedRecord> StoredView::Holding(const std::string& kind_name, const std::string& field_name,
                                              const std::vector<std::string>& values) {
  std::vector<ViewedRecord> found;
  const KindInfo* kind = store_.kinds->Find(kind_name);
  const FieldInfo* field = kind != nullptr ? kind->Find(std::string_view(field_name)) : nullptr;
  if (field == nullptr) return found;
  for (const ScopeName& scope : scopes_) {
    if (!HomeAllows(kind->home, scope.kind)) continue;
    std::vector<RecordId> ids;
    for (const std::string& value : values) {
      const std::string low = EncodeIndexText(value);
      const absl::Status status =
          store_.replica->ScanIndex(scope.ToString(), kind->full_name, field->number, low, low + '\0',
                                    [&](std::string_view, const RecordId& id) {
                                      ids.push_back(id);
                                      return true;
                                    });
      if (!status.ok()) return found;
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (const RecordId& id : ids) {
      // The index also knows values that lost.
      std::optional<ViewedRecord> record = Get(*kind, scope, id);
      if (!record) continue;
      const std::vector<IndexEntry> entries = IndexEntriesOf(*kind, record->message->SerializeAsString());
      const bool holds = std::any_of(values.begin(), values.end(), [&](const std::string& value) {
        return std::find(entries.begin(), entries.end(), IndexEntry{field->number, EncodeIndexText(value)}) !=
               entries.end();
      });
      if (holds) found.push_back(*std::move(record));
    }
  }
  return found;
}

std::vector<ViewedRecord> StoredView::Shared(const std::string& kind_name) {
  std::vector<ViewedRecord> found;
  const KindInfo* kind = store_.kinds->Find(kind_name);
  if (kind == nullptr) return found;
  const std::string shared = ScopeName{}.ToString();
  // As above: what cannot be read is not there.
  store_.replica
      ->ScanKind(shared, kind->full_name, RecordId{}, /*with_deleted=*/false,
                 [&](const RecordId& id, const StoredRecord& stored) {
                   if (auto record = Open(*kind, shared, id, stored)) found.push_back(*std::move(record));
                   return true;
                 })
      .IgnoreError();
  return found;
}

}  // namespace trellis
