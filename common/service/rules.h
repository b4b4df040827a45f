// The few rules that tie several fields of a kind together, or a field to what this version can do. All that
// can be said of one field stands in its proto.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace trellis {

// The shared record of that kind called so, as it shows; null: it is not here (yet).
using FindShared = std::function<std::shared_ptr<const google::protobuf::Message>(const std::string& kind,
                                                                                  const std::string& name)>;

// Whether a record may be written so. `before` is null for a new one.
absl::Status CheckRules(const google::protobuf::Message* before, const google::protobuf::Message& after,
                        const FindShared& find);

}  // namespace trellis
