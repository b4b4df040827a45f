#include "common/service/record_locator.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "common/merge/show.h"
#include "common/record/index_entries.h"
#include "common/record/validation.h"
#include "common/rpc/error_reason.h"

namespace trellis {
namespace {

std::string ShownCode(const KindInfo& kind, const RecordState& state) {
  return CodeOf(kind, Show(state, [&](uint32_t field) { return kind.PolicyOf(field); }).message);
}

absl::Status NotThere(const KindInfo& kind, const std::string& name, const std::vector<ScopeName>& scopes) {
  std::string where;
  for (const ScopeName& scope : scopes) where += (where.empty() ? "" : " or ") + scope.ToString();
  return ErrorWithReason(reason::kRecordNotFound,
                         fmt::format("There is no {} {} in {}", kind.name, name, where));
}

// The index holds only what is live, so this looks at every record: restoring by code is rare.
absl::StatusOr<std::optional<RecordId>> DeletedWithCode(const RecordStore& store, const KindInfo& kind,
                                                        const ScopeName& scope, const std::string& code) {
  std::optional<RecordId> found;
  const absl::Status status =
      store.replica->ScanKind(scope.ToString(), kind.full_name, RecordId{}, /*with_deleted=*/true,
                              [&](const RecordId& id, const StoredRecord& stored) {
                                if (ShownCode(kind, stored.state) == code) found = id;
                                return !found.has_value();
                              });
  if (!status.ok()) return status;
  return found;
}

}  // namespace

absl::StatusOr<std::vector<RecordId>> RecordsWithCode(const RecordStore& store, const KindInfo& kind,
                                                      const ScopeName& scope, std::string_view code,
                                                      size_t limit) {
  std::vector<RecordId> found;
  if (kind.code_field == 0 || code.empty()) return found;
  const std::string low = EncodeIndexText(code);
  std::vector<RecordId> candidates;
  const absl::Status status = store.replica->ScanIndex(scope.ToString(), kind.full_name, kind.code_field, low,
                                                       low + '\0', [&](std::string_view, const RecordId& id) {
                                                         candidates.push_back(id);
                                                         return candidates.size() < 64;
                                                       });
  if (!status.ok()) return status;
  for (const RecordId& id : candidates) {
    absl::StatusOr<std::optional<StoredRecord>> stored = store.replica->Get(scope.ToString(), id);
    if (!stored.ok()) return stored.status();
    // The index also knows values that lost, and long texts only by their beginning.
    if (!stored->has_value() || ShownCode(kind, (*stored)->state) != code) continue;
    found.push_back(id);
    if (found.size() == limit) break;
  }
  return found;
}

namespace {

// In one scope; nullopt: not there.
absl::StatusOr<std::optional<RecordId>> IdOf(const RecordStore& store, const KindInfo& kind,
                                             const ScopeName& scope, const std::string& name,
                                             bool with_deleted) {
  if (const std::optional<RecordId> id = RecordId::Parse(name)) return id;
  absl::StatusOr<std::vector<RecordId>> called = RecordsWithCode(store, kind, scope, name, 2);
  if (!called.ok()) return called.status();
  if (called->size() > 1) {
    return FieldViolationsError(
        {{"id", fmt::format("several {} records in {} are called {}; name one by id: {}, {}", kind.name,
                            scope.ToString(), name, called->at(0).ToString(), called->at(1).ToString())}});
  }
  if (!called->empty()) return called->front();
  if (!with_deleted || kind.code_field == 0) return std::optional<RecordId>();
  return DeletedWithCode(store, kind, scope, name);
}

}  // namespace

absl::StatusOr<FoundRecord> LocateRecord(const RecordStore& store, const Principal& principal,
                                         const RecordName& name, bool with_deleted) {
  absl::StatusOr<const KindInfo*> kind = FindKind(store, name.kind);
  if (!kind.ok()) return kind.status();
  if (name.id.empty()) return FieldViolationsError({{"id", "name the record by its id or code"}});
  absl::StatusOr<std::vector<ScopeName>> scopes = ScopesToSearch(store, **kind, name.scope);
  if (!scopes.ok()) return scopes.status();
  absl::Status denied;
  std::vector<ScopeName> searched;
  for (const ScopeName& scope : *scopes) {
    if (absl::Status status = RequireAccess(principal, Action::kRead, scope, *kind); !status.ok()) {
      denied = status;
      continue;
    }
    searched.push_back(scope);
    absl::StatusOr<std::optional<RecordId>> id = IdOf(store, **kind, scope, name.id, with_deleted);
    if (!id.ok()) return id.status();
    if (!id->has_value()) continue;
    absl::StatusOr<std::optional<StoredRecord>> stored = store.replica->Get(scope.ToString(), **id);
    if (!stored.ok()) return stored.status();
    if (stored->has_value() && (*stored)->state.kind == (*kind)->full_name) {
      return FoundRecord{*kind, scope, **id, **std::move(stored)};
    }
  }
  return searched.empty() ? denied : NotThere(**kind, name.id, searched);
}

}  // namespace trellis
