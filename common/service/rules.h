// The few rules that tie several fields of a kind together, or a field to what this version can do. All that
// can be said of one field stands in its proto.
#pragma once

#include <google/protobuf/message.h>

#include "absl/status/status.h"

namespace trellis {

// Whether a record may be written so. `before` is null for a new one.
absl::Status CheckRules(const google::protobuf::Message* before, const google::protobuf::Message& after);

}  // namespace trellis
