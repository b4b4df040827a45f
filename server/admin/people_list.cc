#include "server/admin/people_list.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "common/access/decision.h"
#include "common/service/record_answer.h"
#include "trellis/domain/v1/account.pb.h"

namespace trellis {
namespace {

namespace kinds = trellis::domain::v1;

// Visits the live records of a kind in a scope as messages of type `Message`.
template <typename Message, typename Visit>
absl::Status VisitMessages(const RecordStore& store, const Principal& principal, const std::string& scope,
                           const char* kind_name, const Visit& visit) {
  absl::StatusOr<const KindInfo*> kind = FindKind(store, kind_name);
  if (!kind.ok()) return kind.status();
  return store.replica->ScanKind(
      scope, (*kind)->full_name, RecordId{}, /*with_deleted=*/false,
      [&](const RecordId& id, const StoredRecord& stored) {
        absl::StatusOr<ShownState> shown = OpenState(**kind, stored.state, principal);
        Message message;
        if (shown.ok() && message.ParseFromString(shown->message->SerializeAsString())) {
          visit(id, message);
        }
        return true;
      });
}

absl::Status AddPersonsOf(const RecordStore& store, const Principal& principal, const std::string& scope,
                          std::vector<PersonRow>* rows) {
  std::map<std::string, PersonRow> by_account;
  absl::Status status = VisitMessages<kinds::Account>(
      store, principal, scope, "Account", [&](const RecordId& id, const kinds::Account& account) {
        by_account[id.ToString()] = {.account = id.ToString(),
                                     .username = account.username(),
                                     .display_name = account.display_name(),
                                     .site = scope};
      });
  if (!status.ok()) return status;
  status = VisitMessages<kinds::RoleGrant>(
      store, principal, scope, "RoleGrant", [&](const RecordId&, const kinds::RoleGrant& grant) {
        auto person = std::find_if(by_account.begin(), by_account.end(), [&](const auto& each) {
          return each.first == grant.account() || each.second.username == grant.account();
        });
        const std::optional<Role> role = RoleOfNumber(grant.role());
        if (person != by_account.end() && role) person->second.grants.push_back({*role, grant.scope()});
      });
  if (!status.ok()) return status;
  for (auto& [id, row] : by_account) rows->push_back(std::move(row));
  return absl::OkStatus();
}

}  // namespace

int RoleNumber(Role role) { return static_cast<int>(role) + 1; }

std::optional<Role> RoleOfNumber(int number) {
  if (number < RoleNumber(Role::kDistrictAdmin) || number > RoleNumber(Role::kService)) return std::nullopt;
  return static_cast<Role>(number - 1);
}

absl::StatusOr<std::vector<PersonRow>> ListPersons(const RecordStore& store, const Principal& principal,
                                                   const std::string& site) {
  absl::StatusOr<std::vector<std::string>> scopes = store.replica->Scopes();
  if (!scopes.ok()) return scopes.status();
  if (!site.empty()) scopes = std::vector<std::string>{site};
  std::vector<PersonRow> rows;
  for (const std::string& scope : *scopes) {
    const std::optional<ScopeName> name = ScopeName::Parse(scope);
    if (!name || name->kind != ScopeName::Kind::kSite) continue;
    if (!Decide(principal, Action::kAdminister, *name, nullptr).allowed) continue;
    if (absl::Status status = AddPersonsOf(store, principal, scope, &rows); !status.ok()) return status;
  }
  std::sort(rows.begin(), rows.end(), [](const PersonRow& a, const PersonRow& b) {
    return std::tie(a.site, a.username, a.account) < std::tie(b.site, b.username, b.account);
  });
  return rows;
}

}  // namespace trellis
