// Records as Ed-Fi resources (Data Standard 5, TPDM), as its API takes them: a JSON array a resource, by the
// name of its file. References carry the natural keys of what they name; descriptors are URIs; `id` is the
// record's own, so that reading them back finds the same record.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/interchange/held_record.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/assignment.pb.h"
#include "trellis/domain/v1/organization.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/staff.pb.h"
#include "trellis/domain/v1/survey.pb.h"

namespace trellis {

struct EdFiSource {
  std::vector<HeldRecord<domain::v1::EducationOrganization>> organizations;
  std::vector<HeldRecord<domain::v1::Staff>> staff;
  std::vector<HeldRecord<domain::v1::Assignment>> assignments;
  std::vector<HeldRecord<domain::v1::Employment>> employments;
  std::vector<HeldRecord<domain::v1::Survey>> surveys;
  std::vector<HeldRecord<domain::v1::Activity>> activities;
  std::vector<HeldRecord<domain::v1::Participation>> participations;
};

struct EdFiFiles {
  std::map<std::string, std::string> files;
  std::vector<std::string> notes;  // what could not be said, in plain words
};

// `ns`: the URI surveys and events are named under where they have none of their own, such as
// uri://sample.edu.
EdFiFiles WriteEdFi(const EdFiSource& source, const std::string& ns);

}  // namespace trellis
