// What an update changes: the fields concerned, the record as it would be, the cells to write.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/record/validation.h"
#include "common/service/record_answer.h"

namespace trellis {

struct FieldChange {
  std::unique_ptr<google::protobuf::Message> after;
  std::vector<CellWrite> cells;  // only those whose value differs from what shows
};

// `data`: the kind's message with the new values; `mask` as in UpdateRequest. Validates the fields concerned.
// INVALID_ARGUMENT, or PERMISSION_DENIED for a field the principal may not change.
absl::StatusOr<FieldChange> PlanFieldChange(const RecordStore& store, const Principal& principal,
                                            const KindInfo& kind, const ScopeName& scope,
                                            const RecordState& state, const ShownState& open,
                                            const google::protobuf::Message& data,
                                            const std::optional<std::vector<std::string>>& mask);

// Of what FindViolations found, that which concerns these fields (by JSON name).
std::vector<FieldViolation> ViolationsIn(const KindInfo& kind, const google::protobuf::Message& message,
                                         const std::set<uint32_t>& fields);

// INVALID_ARGUMENT where the message carries fields this program does not know.
absl::Status RefuseUnknownFields(const google::protobuf::Message& message);

}  // namespace trellis
