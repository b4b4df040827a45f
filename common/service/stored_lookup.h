// What planning an import asks of the store.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/service/import/plan.h"
#include "common/service/record_store.h"

namespace trellis {

// Organizations, read once.
class StoredOrganizations {
 public:
  static absl::StatusOr<StoredOrganizations> Load(const RecordStore& store);
  // As ImportLookup; digits that lost their leading zeros are found too.
  absl::StatusOr<ImportLookup::Organization> Find(std::string_view text) const;

 private:
  std::string own_site_;
  std::vector<ImportLookup::Organization> organizations_;
  // Lower-case name of each sort -> indexes; several where a name is not unique.
  std::map<std::string, std::vector<size_t>> by_site_, by_identifier_, by_external_id_, by_name_, by_digits_;
};

// People and activities are read at the first question. Not thread-safe.
class StoredLookup final : public ImportLookup {
 public:
  static absl::StatusOr<StoredLookup> Load(const RecordStore& store);
  absl::StatusOr<Organization> FindOrganization(std::string_view text) const override {
    return organizations_.Find(text);
  }
  absl::StatusOr<Person> FindPerson(std::string_view key) const override;
  absl::StatusOr<std::string> FindActivity(std::string_view name) const override;
  std::string own_site() const override { return store_.own_site; }

 private:
  StoredLookup(const RecordStore& store, StoredOrganizations organizations)
      : store_(store), organizations_(std::move(organizations)) {}
  absl::Status ReadPeople() const;
  absl::Status ReadActivities() const;

  RecordStore store_;
  StoredOrganizations organizations_;
  mutable bool people_read_ = false, activities_read_ = false;
  mutable std::vector<Person> people_;
  mutable std::map<std::string, std::vector<size_t>> by_code_, by_external_id_, by_email_;
  // Codes.
  mutable std::map<std::string, std::vector<std::string>> activity_by_name_, activity_by_title_;
};

}  // namespace trellis
