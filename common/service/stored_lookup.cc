#include "common/service/stored_lookup.h"

#include <fmt/format.h>

#include "absl/status/status.h"
#include "common/merge/show.h"
#include "common/service/import/table.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

// `visit` gets every live record of the kind in the scope.
template <typename Message, typename Visit>
absl::Status VisitAll(const RecordStore& store, const std::string& kind_name, const std::string& scope,
                      Visit visit) {
  const KindInfo* kind = store.kinds->Find(kind_name);
  return store.replica->ScanKind(scope, kind->full_name, RecordId{}, /*with_deleted=*/false,
                                 [&](const RecordId& id, const StoredRecord& stored) {
                                   Message message;
                                   const ShownRecord shown = Show(
                                       stored.state, [&](uint32_t field) { return kind->PolicyOf(field); });
                                   if (message.ParseFromString(shown.message)) visit(id, message);
                                   return true;
                                 });
}

}  // namespace

absl::StatusOr<StoredLookup> StoredLookup::Load(const RecordStore& store) {
  absl::StatusOr<StoredOrganizations> organizations = StoredOrganizations::Load(store);
  if (!organizations.ok()) return organizations.status();
  return StoredLookup(store, *std::move(organizations));
}

absl::Status StoredLookup::ReadPeople() const {
  if (people_read_) return absl::OkStatus();
  const absl::StatusOr<std::vector<std::string>> scopes = store_.replica->Scopes();
  if (!scopes.ok()) return scopes.status();
  for (const std::string& scope : *scopes) {
    absl::Status read = VisitAll<domain::v1::Staff>(
        store_, "Staff", scope, [&](const RecordId& id, const domain::v1::Staff& staff) {
          const size_t index = people_.size();
          people_.push_back({staff.staff_unique_id(), scope, staff.organization()});
          by_code_[staff.staff_unique_id()].push_back(index);
          by_code_[id.ToString()].push_back(index);
          if (!staff.external_id().empty()) by_external_id_[staff.external_id()].push_back(index);
          if (!staff.email().empty()) by_email_[LowerAscii(staff.email())].push_back(index);
        });
    if (!read.ok()) return read;
  }
  people_read_ = true;
  return absl::OkStatus();
}

absl::StatusOr<ImportLookup::Person> StoredLookup::FindPerson(std::string_view key) const {
  if (absl::Status read = ReadPeople(); !read.ok()) return read;
  const std::string name(TrimBlanks(key));
  for (const auto* names : {&by_code_, &by_external_id_, &by_email_}) {
    const auto found = names->find(names == &by_email_ ? LowerAscii(name) : name);
    if (found == names->end()) continue;
    if (found->second.size() == 1) return people_[found->second.front()];
    return absl::InvalidArgumentError(fmt::format("{} people are called {}", found->second.size(), name));
  }
  return absl::NotFoundError(fmt::format("nobody is known as {}", name));
}

absl::Status StoredLookup::ReadActivities() const {
  if (activities_read_) return absl::OkStatus();
  absl::Status read = VisitAll<domain::v1::Activity>(
      store_, "Activity", ScopeName{}.ToString(),
      [&](const RecordId& id, const domain::v1::Activity& activity) {
        for (const std::string& name : {activity.code(), id.ToString(), activity.external_id()}) {
          if (!name.empty()) activity_by_name_[name].push_back(activity.code());
        }
        activity_by_title_[LowerAscii(activity.title())].push_back(activity.code());
      });
  activities_read_ = read.ok();
  return read;
}

absl::StatusOr<std::string> StoredLookup::FindActivity(std::string_view name) const {
  if (absl::Status read = ReadActivities(); !read.ok()) return read;
  const std::string text(TrimBlanks(name));
  for (const auto* names : {&activity_by_name_, &activity_by_title_}) {
    const auto found = names->find(names == &activity_by_title_ ? LowerAscii(text) : text);
    if (found == names->end()) continue;
    if (found->second.size() == 1) return found->second.front();
    return absl::InvalidArgumentError(fmt::format("{} activities are called {}: {}", found->second.size(),
                                                  text, fmt::join(found->second, ", ")));
  }
  return absl::NotFoundError(fmt::format("no activity is called {}", text));
}

}  // namespace trellis
