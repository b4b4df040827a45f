#include "common/service/record_review.h"

#include <algorithm>
#include <tuple>

#include "absl/time/time.h"
#include "common/access/field_access.h"
#include "common/rules/rule_book.h"
#include "common/service/stored_view.h"

namespace trellis {

std::string RecordReview::Day(int days_later) const {
  const absl::Time now = absl::FromUnixMillis(store_.clock->WallMs());
  return absl::FormatTime("%Y-%m-%d", now + absl::Hours(24) * days_later, absl::UTCTimeZone());
}

absl::Status RecordReview::VisitAll(const Principal& principal, const ReviewQuery& query,
                                    const Visit& visit) const {
  std::vector<ScopeName> scopes;
  if (!query.scope.empty()) {
    absl::StatusOr<ScopeName> scope = KnownScope(store_, query.scope);
    if (!scope.ok()) return scope.status();
    scopes.push_back(*std::move(scope));
  } else {
    absl::StatusOr<std::vector<std::string>> names = store_.replica->Scopes();
    if (!names.ok()) return names.status();
    for (const std::string& name : *names) {
      if (const std::optional<ScopeName> scope = ScopeName::Parse(name)) scopes.push_back(*scope);
    }
  }
  if (!query.kind.empty()) {
    if (absl::Status status = FindKind(store_, query.kind).status(); !status.ok()) return status;
  }
  for (const KindInfo& kind : store_.kinds->kinds()) {
    if (!query.kind.empty() && query.kind != kind.name && query.kind != kind.full_name) continue;
    for (const ScopeName& scope : scopes) {
      if (!HomeAllows(kind.home, scope.kind) || !Decide(principal, Action::kRead, scope, &kind).allowed)
        continue;
      absl::Status status = store_.replica->ScanKind(
          scope.ToString(), kind.full_name, RecordId{}, /*with_deleted=*/false,
          [&](const RecordId& id, const StoredRecord& stored) {
            if (const auto record = StoredView::Open(kind, scope.ToString(), id, stored)) {
              visit(kind, scope, *record);
            }
            return true;
          });
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

bool RecordReview::IsShown(const Principal& principal, const ScopeName& scope, const ViewedRecord& record,
                           const std::string& path) const {
  const FieldInfo* field = record.kind->Find(std::string_view(path).substr(0, path.find_first_of(".[")));
  if (field == nullptr) return path.empty();
  Relation relation;
  relation.participant = IsParticipant(principal, *record.kind, *record.message);
  return principal.type == PrincipalType::kSystem || MaySeeField(principal, scope, *field, relation);
}

absl::StatusOr<std::vector<FoundProblem>> RecordReview::Findings(const Principal& principal,
                                                                 const ReviewQuery& query,
                                                                 const std::string& rule) const {
  std::vector<FoundProblem> problems;
  StoredView view(store_);
  const absl::Status status = VisitAll(
      principal, query, [&](const KindInfo& kind, const ScopeName& scope, const ViewedRecord& record) {
        for (Finding& finding :
             CheckStanding({&kind, record.scope, record.id, record.message.get()}, &view)) {
          if (!rule.empty() && finding.rule != rule) continue;
          if (!IsShown(principal, scope, record, finding.field)) continue;
          problems.push_back({record, std::move(finding)});
        }
      });
  if (!status.ok()) return status;
  return problems;
}

absl::StatusOr<std::vector<DueWork>> RecordReview::Due(const Principal& principal, const ReviewQuery& query,
                                                       const std::string& until,
                                                       const std::string& owner) const {
  std::vector<DueWork> work;
  StoredView view(store_);
  const absl::Status status = VisitAll(
      principal, query, [&](const KindInfo& kind, const ScopeName& scope, const ViewedRecord& record) {
        std::vector<DueItem> items = DueIn(kind, *record.message);
        for (DueItem& item : DueCheckIn(record, &view)) items.push_back(std::move(item));
        for (DueItem& item : items) {
          if (item.date > until || (!owner.empty() && item.owner != owner)) continue;
          if (!IsShown(principal, scope, record, item.field)) continue;
          const FieldInfo* owner_field = kind.Find(kind.owner_field);
          if (owner_field != nullptr && !IsShown(principal, scope, record, owner_field->name))
            item.owner.clear();
          work.push_back({record, std::move(item)});
        }
      });
  if (!status.ok()) return status;
  std::stable_sort(work.begin(), work.end(), [](const DueWork& a, const DueWork& b) {
    return std::tie(a.item.date, a.record.kind->name, a.record.scope, a.record.id) <
           std::tie(b.item.date, b.record.kind->name, b.record.scope, b.record.id);
  });
  return work;
}

}  // namespace trellis
