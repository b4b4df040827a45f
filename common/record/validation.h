// What a record must satisfy to be written here. Only what people and programs write locally is validated;
// what peers send never is (an older or newer version may know better).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/record/kind_info.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace trellis {

// Messages within messages, the record itself being the first.
inline constexpr int kMaxMessageDepth = 8;

struct FieldViolation {
  std::string field;    // path in JSON names, such as questions[2].slot
  std::string problem;  // what is wrong and what is wanted, for a person
};

// At most 20, in field order. Missing required fields, bounds, formats, unknown codes, text that no text may
// be (text_format.h), elements of a set that share a key; in messages within as well.
// REQUIRES: message is of kind.descriptor.
std::vector<FieldViolation> FindViolations(const KindInfo& kind, const google::protobuf::Message& message);

// InvalidArgument naming the fields, or OK.
absl::Status ValidateMessage(const KindInfo& kind, const google::protobuf::Message& message);
absl::Status ToStatus(const KindInfo& kind, const std::vector<FieldViolation>& violations);

// The generated message of these bytes; unknown fields are kept. InvalidArgument, with the field named where
// it can be, for malformed bytes, more than kMaxMessageBytes, nesting beyond kMaxMessageDepth, text that is
// not UTF-8. Does not validate otherwise.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ParseRecord(const KindInfo& kind,
                                                                       std::string_view bytes);

// ParseRecord, then ValidateMessage.
absl::Status ValidateBytes(const KindInfo& kind, std::string_view bytes);

}  // namespace trellis
