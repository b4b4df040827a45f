#include "common/rpc/store_inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "common/access/decision.h"
#include "common/record/text_format.h"
#include "common/tables/set_aside_table.h"

namespace trellis {
namespace {

namespace pb = trellis::admin::v1;

constexpr int64_t kLastSecond = 253'402'300'799;  // of the year 9999

// Counts and ids, no contents: whoever may have a scope's numbers; the shared scope's, whoever has any role.
bool MayInspect(const Principal& principal, const ScopeName& scope) {
  if (scope.kind == ScopeName::Kind::kShared && !principal.grants.empty()) return true;
  return Decide(principal, Action::kReport, scope, nullptr).allowed;
}

bool MayAdminister(const Principal& principal, const ScopeName& scope) {
  return Decide(principal, Action::kAdminister, scope, nullptr).allowed;
}

using May = bool (*)(const Principal&, const ScopeName&);

absl::StatusOr<std::vector<std::string>> ScopesFor(const Replica& replica, const Principal& principal,
                                                   const std::string& asked, May may = MayInspect) {
  absl::StatusOr<std::vector<std::string>> scopes = replica.Scopes();
  if (!scopes.ok()) return scopes.status();
  if (asked.empty()) {
    std::erase_if(*scopes, [&](const std::string& scope) {
      const std::optional<ScopeName> name = ScopeName::Parse(scope);
      return !name.has_value() || !may(principal, *name);
    });
    return scopes;
  }
  const std::optional<ScopeName> name = ScopeName::Parse(asked);
  if (!name.has_value())
    return absl::InvalidArgumentError(fmt::format("{} is not the name of a scope", asked));
  if (!may(principal, *name)) {
    return absl::PermissionDeniedError(
        fmt::format("{} has no role that reaches scope {}", principal.name, asked));
  }
  if (std::find(scopes->begin(), scopes->end(), asked) == scopes->end()) {
    return absl::NotFoundError(fmt::format("there is no scope {} here", asked));
  }
  return std::vector<std::string>{asked};
}

void Fill(const std::string& scope, const SetAsideItem& item, pb::SetAsideRecord* row) {
  row->set_scope(scope);
  row->set_id(item.delta.id.ToString());
  row->set_reason(item.reason);
  row->set_cause(CauseWord(item.cause));
  row->set_peer(item.peer);
  row->set_kind(item.delta.kind);
}

void Fill(const CellKey& key, const Sibling& sibling, pb::SetAsideValue* value) {
  value->set_field(key.field);
  // What came in may be anything; texts and times of an answer may not. `item` has them as they are.
  value->set_element(IsUtf8(key.element) ? key.element : "");
  value->set_actor(IsUtf8(sibling.actor) ? sibling.actor : "");
  value->mutable_time()->set_seconds(std::clamp<int64_t>(sibling.raw.ms / 1000, 0, kLastSecond));
  value->set_value(sibling.bytes);
}

}  // namespace

absl::Status ListDigests(const Replica& replica, const Principal& principal, const std::string& scope,
                         trellis::admin::v1::GetDigestResponse* response) {
  absl::StatusOr<std::vector<std::string>> scopes = ScopesFor(replica, principal, scope);
  if (!scopes.ok()) return scopes.status();
  for (const std::string& each : *scopes) {
    absl::StatusOr<ScopeHead> head = replica.Head(each);
    if (!head.ok()) return head.status();
    absl::StatusOr<std::vector<SetAside>> set_aside = replica.SetAsides(each);
    if (!set_aside.ok()) return set_aside.status();
    auto* row = response->add_scopes();
    row->set_scope(each);
    row->set_records(head->records);
    row->set_digest(head->digest.ToHex());
    row->set_set_aside(set_aside->size());
  }
  return absl::OkStatus();
}

absl::Status ListSetAsides(const Replica& replica, const Principal& principal, const std::string& scope,
                           pb::ListSetAsideResponse* response) {
  absl::StatusOr<std::vector<std::string>> scopes = ScopesFor(replica, principal, scope);
  if (!scopes.ok()) return scopes.status();
  for (const std::string& each : *scopes) {
    const absl::StatusOr<std::vector<SetAsideItem>> items = replica.SetAsideItems(each);
    if (!items.ok()) return items.status();
    for (const SetAsideItem& item : *items) Fill(each, item, response->add_records());
  }
  return absl::OkStatus();
}

absl::Status RetrySetAsides(Replica* replica, const Principal& principal, const OptionsOfPeer& options_of,
                            const pb::RetrySetAsideRequest& request, pb::RetrySetAsideResponse* response) {
  absl::StatusOr<std::vector<std::string>> scopes =
      ScopesFor(*replica, principal, request.scope(), MayAdminister);
  if (!scopes.ok()) return scopes.status();
  std::optional<RecordId> id;
  if (!request.id().empty()) {
    id = RecordId::Parse(request.id());
    if (!id.has_value()) {
      return absl::InvalidArgumentError(
          fmt::format("{} is no record's id: see quarantine list", request.id()));
    }
  }
  const absl::StatusOr<RetryOutcome> outcome = RetryQuarantine(replica, *scopes, id, options_of);
  if (!outcome.ok()) return outcome.status();
  if (id.has_value() && outcome->tried == 0) {
    return absl::NotFoundError(fmt::format("nothing of record {} is set aside here", request.id()));
  }
  response->set_tried(outcome->tried);
  response->set_taken(outcome->taken);
  return absl::OkStatus();
}

absl::Status ExportSetAsides(const Replica& replica, const Principal& principal, const std::string& scope,
                             pb::ExportSetAsideResponse* response) {
  absl::StatusOr<std::vector<std::string>> scopes = ScopesFor(replica, principal, scope, MayAdminister);
  if (!scopes.ok()) return scopes.status();
  for (const std::string& each : *scopes) {
    const absl::StatusOr<std::vector<SetAsideItem>> items = replica.SetAsideItems(each);
    if (!items.ok()) return items.status();
    for (const SetAsideItem& item : *items) {
      pb::SetAsideContent* content = response->add_contents();
      Fill(each, item, content->mutable_record());
      content->set_item(EncodeSetAsideRow(item));
      for (const Cell& cell : item.delta.cells) {
        for (const Sibling& sibling : cell.siblings) Fill(cell.key, sibling, content->add_values());
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace trellis
