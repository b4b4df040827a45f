#include "client/local_api/local_owner.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "common/service/record_answer.h"
#include "trellis/domain/v1/account.pb.h"

namespace trellis {
namespace {

namespace kinds = trellis::domain::v1;

std::optional<Role> RoleOf(trellis::options::v1::Role role) {
  if (role <= trellis::options::v1::ROLE_UNSPECIFIED || role > trellis::options::v1::ROLE_SERVICE) {
    return std::nullopt;
  }
  return static_cast<Role>(static_cast<int>(role) - 1);  // the proto's roles are in the order of Role
}

// The live records of a kind in the scope, as the program itself sees them.
template <typename Message>
absl::Status Visit(const RecordStore& store, const std::string& scope, const char* kind_name,
                   const std::function<void(const RecordId&, const Message&)>& visit) {
  absl::StatusOr<const KindInfo*> kind = FindKind(store, kind_name);
  if (!kind.ok()) return kind.status();
  const Principal self{.type = PrincipalType::kSystem};
  return store.replica->ScanKind(
      scope, (*kind)->full_name, RecordId{}, /*with_deleted=*/false,
      [&](const RecordId& id, const StoredRecord& stored) {
        const auto opened = OpenState(**kind, stored.state, self);
        Message message;
        if (opened.ok() && message.ParseFromString(opened->message->SerializeAsString())) {
          visit(id, message);
        }
        return true;
      });
}

}  // namespace

struct LocalOwner::Facts {
  bool known = false;  // the account's record has come
  bool disabled = false;
  std::string display_name;
  std::string staff;
  std::vector<Grant> grants;
};

LocalOwner::LocalOwner(const RecordStore& store, const Membership& membership)
    : store_(store),
      site_(membership.site),
      account_(membership.account),
      username_(membership.account_name),
      principal_(Principal{.type = PrincipalType::kPerson,
                           .account = membership.account_name,
                           .name = membership.account_name,
                           .site = membership.site,
                           .grants = {{Role::kSiteLead, membership.site}}}) {
  listener_ = store_.replica->AddListener([this](std::string_view scope, uint64_t) {
    if (scope == site_) stale_ = true;
  });
}

LocalOwner::~LocalOwner() { store_.replica->RemoveListener(listener_); }

absl::StatusOr<Principal> LocalOwner::Get() const {
  const std::lock_guard lock(mutex_);
  return principal_;
}

absl::StatusOr<LocalOwner::Facts> LocalOwner::Read() const {
  Facts facts;
  absl::Status status =
      Visit<kinds::Account>(store_, site_, "Account", [&](const RecordId& id, const kinds::Account& account) {
        if (id.ToString() != account_) return;
        facts.known = true;
        facts.disabled = account.state() == kinds::ACCOUNT_STATE_DISABLED;
        facts.display_name = account.display_name();
        facts.staff = account.staff();
      });
  if (!status.ok()) return status;
  status = Visit<kinds::RoleGrant>(store_, site_, "RoleGrant",
                                   [&](const RecordId&, const kinds::RoleGrant& grant) {
                                     if (grant.account() != account_ && grant.account() != username_) return;
                                     if (const auto role = RoleOf(grant.role())) {
                                       facts.grants.push_back({*role, grant.scope()});
                                     }
                                   });
  if (!status.ok()) return status;
  return facts;
}

absl::Status LocalOwner::Refresh() {
  if (!stale_.exchange(false)) return absl::OkStatus();
  absl::StatusOr<Facts> facts = Read();
  if (!facts.ok()) {
    stale_ = true;
    return facts.status();
  }
  if (!facts->known) return absl::OkStatus();
  const std::lock_guard lock(mutex_);
  if (facts->disabled) {
    principal_ = absl::PermissionDeniedError("this account has been disabled; ask the district office");
    return absl::OkStatus();
  }
  principal_ = Principal{.type = PrincipalType::kPerson,
                         .account = username_,
                         .name = facts->display_name.empty() ? username_ : facts->display_name,
                         .staff = facts->staff,
                         .site = site_,
                         .grants = std::move(facts->grants)};
  return absl::OkStatus();
}

}  // namespace trellis
