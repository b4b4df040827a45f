// Values of a kind's fields out of the cells of a table.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/record/kind_info.h"

namespace trellis {

// Sets `field` of `message` from the text of a cell; an empty cell leaves it unset. Codes are taken with or
// without their prefix and without regard to case (attended, ATTENDED, PARTICIPATION_STATE_ATTENDED), yes
// and no for booleans, moments as RFC 3339 or as a date, dates as YYYY-MM-DD or M/D/YYYY, several values
// apart by ";". The error says what would do.
absl::Status SetFieldFromCell(const FieldInfo& field, std::string_view cell,
                              google::protobuf::Message* message);

}  // namespace trellis
