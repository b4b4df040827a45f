// Participations as statements of the Experience API 1.0.3 (IEEE 9274.1.1's predecessor): a JSON array.
#pragma once

#include <string>
#include <vector>

#include "common/interchange/held_record.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {

struct XapiSource {
  std::vector<HeldRecord<domain::v1::Participation>> participations;
  std::vector<HeldRecord<domain::v1::Staff>> staff;
  std::vector<HeldRecord<domain::v1::Activity>> activities;
  std::vector<HeldRecord<domain::v1::Session>> sessions;
};

struct XapiStatements {
  std::string json;
  int64_t statements = 0;
  std::vector<std::string> notes;  // what could not be said, in plain words
};

// The id of a statement is the participation's, so a second export tells a record store nothing twice. A
// person is named by e-mail, else by an account of `home_page` (an IRI) with the staff unique id.
XapiStatements WriteXapi(const XapiSource& source, const std::string& home_page);

}  // namespace trellis
