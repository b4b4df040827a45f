// A roster as OneRoster 1.2 CSV (1EdTech, "OneRoster CSV Format 1.2"): its files by name.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/interchange/held_record.h"
#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {

struct Roster {
  std::vector<HeldRecord<domain::v1::EducationOrganization>> organizations;
  std::vector<HeldRecord<domain::v1::Staff>> staff;
  std::vector<HeldRecord<domain::v1::Assignment>> assignments;
  std::vector<HeldRecord<domain::v1::SchoolYear>> years;
};

struct OneRosterWriteOptions {
  std::string district;  // source.systemName
  // Only what changed since then, with state and day: a delta. Absent: everybody who is here, in bulk.
  std::optional<int64_t> changed_since_ms;
};

struct OneRosterFiles {
  std::map<std::string, std::string> files;
  std::vector<std::string> notes;  // what could not be said, in plain words
};

OneRosterFiles WriteOneRoster(const Roster& roster, const OneRosterWriteOptions& options);

}  // namespace trellis
