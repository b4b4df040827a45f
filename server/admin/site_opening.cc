#include "server/admin/site_opening.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "trellis/domain/v1/account.pb.h"
#include "trellis/domain/v1/organization.pb.h"

namespace trellis {
namespace {

namespace kinds = trellis::domain::v1;

constexpr char kOrganization[] = "EducationOrganization";
constexpr char kAccount[] = "Account";
constexpr char kRoleGrant[] = "RoleGrant";
constexpr size_t kMaxSlug = 40;

absl::StatusOr<RecordId> CreateOne(RecordWriter* writer, const Principal& principal, const std::string& scope,
                                   const char* kind, const google::protobuf::Message& message) {
  CreateRequest request;
  request.scope = scope;
  request.records.push_back({.kind = kind, .data = message.SerializeAsString()});
  absl::StatusOr<std::vector<RecordAnswer>> created = writer->Create(principal, request);
  if (!created.ok()) return created.status();
  return created->front().id;
}

// Live record of the kind that shows this code; nullopt: none.
absl::StatusOr<std::optional<RecordId>> FindByCode(const RecordStore& store, const char* kind,
                                                   const ScopeName& scope, const std::string& code) {
  absl::StatusOr<const KindInfo*> info = FindKind(store, kind);
  if (!info.ok()) return info.status();
  absl::StatusOr<std::vector<RecordId>> found = RecordsWithCode(store, **info, scope, code, 1);
  if (!found.ok()) return found.status();
  return found->empty() ? std::nullopt : std::optional<RecordId>(found->front());
}

}  // namespace

std::string SlugOf(std::string_view words) {
  std::string slug;
  for (const char c : words) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      slug += upper ? static_cast<char>(c - 'A' + 'a') : c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() == kMaxSlug) break;
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug;
}

absl::StatusOr<RegisteredSite> SiteOpening::Open(const Principal& principal, const SiteWanted& asked) {
  SiteWanted wanted = asked;
  if (wanted.display_name.empty()) return absl::InvalidArgumentError("name the site");
  if (wanted.identifier.empty()) wanted.identifier = SlugOf(wanted.display_name);
  std::string site = IsSiteName(wanted.identifier) ? wanted.identifier : SlugOf(wanted.display_name);
  if (const auto known = registry_->FindByIdentifier(wanted.identifier)) site = known->site;
  if (!IsSiteName(site)) {
    return absl::InvalidArgumentError(
        "give the site an identifier of letters, digits, dots and hyphens (--identifier): none can be made "
        "from its "
        "name");
  }
  if (const auto known = registry_->Find(site); known && known->identifier != wanted.identifier) {
    return absl::AlreadyExistsError(fmt::format(
        "{} is already the name of {}; give the site another identifier", site, known->display_name));
  }
  absl::StatusOr<RecordId> organization = EnsureOrganization(principal, wanted, site);
  if (!organization.ok()) return organization.status();
  absl::StatusOr<ScopeHead> scope = store_.replica->BeginScope(site);
  if (!scope.ok()) return scope.status();

  PersonWanted lead;
  lead.username = wanted.lead.empty() ? "lead-" + site : wanted.lead;
  lead.display_name = wanted.lead_display_name.empty() ? fmt::format("{} lead", wanted.display_name)
                                                       : wanted.lead_display_name;
  lead.site = site;
  lead.grant = {Role::kSiteLead, site};
  absl::StatusOr<RecordId> account = AddPerson(principal, lead);
  if (!account.ok()) return account.status();

  RegisteredSite entry;
  entry.site = site;
  entry.display_name = wanted.display_name;
  entry.identifier = wanted.identifier;
  entry.organization = organization->ToString();
  entry.lead = lead.username;
  entry.lead_account = account->ToString();
  if (absl::Status kept = registry_->Register(entry); !kept.ok()) return kept;
  return *registry_->Find(site);
}

absl::StatusOr<RecordId> SiteOpening::EnsureOrganization(const Principal& principal, const SiteWanted& wanted,
                                                         const std::string& site) {
  absl::StatusOr<std::optional<RecordId>> found =
      FindByCode(store_, kOrganization, ScopeName{}, wanted.identifier);
  if (!found.ok()) return found.status();
  kinds::EducationOrganization organization;
  organization.set_site(site);
  if (found->has_value()) {
    UpdateRequest update;
    update.name = {.kind = kOrganization, .id = (*found)->ToString(), .scope = "shared"};
    update.data = organization.SerializeAsString();
    update.mask = {"site"};
    absl::StatusOr<RecordAnswer> updated = writer_->Update(principal, update);
    if (!updated.ok()) return updated.status();
    return **found;
  }
  organization.set_identifier(wanted.identifier);
  organization.set_name(wanted.display_name);
  organization.set_category(kinds::ORGANIZATION_CATEGORY_SCHOOL);
  organization.set_operational_state(kinds::OPERATIONAL_STATE_OPEN);
  return CreateOne(writer_, principal, "shared", kOrganization, organization);
}

absl::StatusOr<RecordId> SiteOpening::AddPerson(const Principal& principal, const PersonWanted& wanted) {
  const std::optional<ScopeName> scope = ScopeName::Parse(wanted.site);
  if (!scope.has_value() || scope->kind != ScopeName::Kind::kSite) {
    return absl::InvalidArgumentError(
        "name the person's home site (the central office is a site as well: add it with `trellis sites "
        "add`)");
  }
  absl::StatusOr<std::optional<RecordId>> found = FindByCode(store_, kAccount, *scope, wanted.username);
  if (!found.ok()) return found.status();
  absl::StatusOr<RecordId> account = absl::NotFoundError("");
  if (found->has_value()) {
    account = **found;
  } else {
    kinds::Account message;
    message.set_username(wanted.username);
    message.set_display_name(wanted.display_name.empty() ? wanted.username : wanted.display_name);
    message.set_state(kinds::ACCOUNT_STATE_ACTIVE);
    account = CreateOne(writer_, principal, wanted.site, kAccount, message);
  }
  if (!account.ok()) return account.status();
  if (absl::Status granted = EnsureGrant(principal, wanted, *account); !granted.ok()) return granted;
  return account;
}

absl::Status SiteOpening::EnsureGrant(const Principal& principal, const PersonWanted& wanted,
                                      const RecordId& account) {
  absl::StatusOr<const KindInfo*> kind = FindKind(store_, kRoleGrant);
  if (!kind.ok()) return kind.status();
  kinds::RoleGrant grant;
  grant.set_account(account.ToString());
  // The proto's roles are numbered from 1, in the same order.
  grant.set_role(static_cast<trellis::options::v1::Role>(static_cast<int>(wanted.grant.role) + 1));
  grant.set_scope(wanted.grant.site);
  bool there = false;
  absl::Status scanned = store_.replica->ScanKind(
      wanted.site, (*kind)->full_name, RecordId{}, /*with_deleted=*/false,
      [&](const RecordId& id, const StoredRecord& stored) {
        absl::StatusOr<ShownState> shown = OpenState(**kind, stored.state, principal);
        if (!shown.ok()) return true;
        kinds::RoleGrant present;
        there = present.ParseFromString(shown->message->SerializeAsString()) &&
                present.account() == grant.account() && present.role() == grant.role() &&
                present.scope() == grant.scope();
        return !there;
      });
  if (!scanned.ok()) return scanned;
  if (there) return absl::OkStatus();
  return CreateOne(writer_, principal, wanted.site, kRoleGrant, grant).status();
}

}  // namespace trellis
