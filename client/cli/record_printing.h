// Records as the command line shows and takes them.
#pragma once

#include <google/protobuf/any.pb.h>

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "trellis/records/v1/records.pb.h"

namespace trellis {

// JSON of a kind's message to Any. INVALID_ARGUMENT says what the JSON should have been.
absl::StatusOr<google::protobuf::Any> DataFromJson(std::string_view kind, const std::string& json);

// One record whole: what it is, its fields a line each, its open conflicts.
void PrintRecord(const records::v1::Record& record, std::ostream& out);
// Many, a line each: id, code and the fields that tell most.
void PrintRecordTable(const std::vector<records::v1::Record>& records, std::ostream& out);
// Fields with several values, each value with the version `conflicts resolve --take` wants.
void PrintConflicts(const records::v1::Record& record, std::ostream& out);

}  // namespace trellis
