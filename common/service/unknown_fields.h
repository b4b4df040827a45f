// What an older program does not know of a value it changes: it stays in it.
#pragma once

#include <google/protobuf/message.h>

#include <vector>

#include "common/record/kind_info.h"

namespace trellis {

// `fields` describe both messages. A message within `after` that stood in `before` keeps what was in it there
// and no field is known for, unless it brings such itself. Within a repeated field it is the element of the
// same key, or without a key the first that is equal in all that is known. At the top, fields not known are
// cells of their own, and not this function's to carry.
void CarryUnknownFields(const std::vector<FieldInfo>& fields, const google::protobuf::Message& before,
                        google::protobuf::Message* after);

}  // namespace trellis
