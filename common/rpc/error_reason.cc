#include "common/rpc/error_reason.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "absl/strings/cord.h"
#include "trellis/rpc/v1/error_details.pb.h"

namespace trellis {
namespace {

constexpr char kReasonPayload[] = "trellis/reason";
constexpr char kViolationsPayload[] = "trellis/field_violations";
constexpr char kRetryPayload[] = "trellis/retry_after_ms";

std::optional<std::string> PayloadOf(const absl::Status& status, const char* key) {
  auto payload = status.GetPayload(key);
  if (!payload) return std::nullopt;
  return std::string(*payload);
}

}  // namespace

const std::vector<ErrorReason>& ErrorReasons() {
  using absl::StatusCode;
  static const auto* const reasons = new std::vector<ErrorReason>{
      {reason::kAccessDenied, StatusCode::kPermissionDenied, "The caller's roles do not allow it."},
      {reason::kAnonymousWave, StatusCode::kFailedPrecondition,
       "Anonymous waves cannot be opened: there is no ballot box."},
      {reason::kAppendOnly, StatusCode::kFailedPrecondition,
       "Records of this kind are not changed once written: delete it and write a new one."},
      {reason::kBusy, StatusCode::kResourceExhausted, "Too much is waiting; try again."},
      {reason::kCodeTaken, StatusCode::kAlreadyExists, "Another record of the kind has this code."},
      {reason::kDistrictField, StatusCode::kPermissionDenied, "The district keeps the field's value."},
      {reason::kEtagMismatch, StatusCode::kAborted, "The record has changed since it was read."},
      {reason::kFieldInvalid, StatusCode::kInvalidArgument, "A field has a value it may not have."},
      {reason::kFieldUnknown, StatusCode::kInvalidArgument, "The kind has no such field."},
      {"FILE_INCOMPLETE", StatusCode::kFailedPrecondition, "Parts of the file are not here yet."},
      {reason::kFileInvalid, StatusCode::kInvalidArgument,
       "The file cannot be read as what it is said to be."},
      {"FILE_QUOTA", StatusCode::kFailedPrecondition, "The scope holds as much in files as it may."},
      {reason::kFilterInvalid, StatusCode::kInvalidArgument, "The filter or the order cannot be read."},
      {reason::kKindUnknown, StatusCode::kInvalidArgument, "There is no such kind."},
      {reason::kNoConflict, StatusCode::kFailedPrecondition, "The field is not in conflict."},
      {reason::kOpenConflict, StatusCode::kFailedPrecondition,
       "The field has several values; send the etag seen, or resolve the conflict."},
      {reason::kPageTokenInvalid, StatusCode::kInvalidArgument,
       "The page token was not given by this store for this list."},
      {reason::kRecordDeleted, StatusCode::kFailedPrecondition, "The record is deleted; restore it first."},
      {reason::kRecordExists, StatusCode::kAlreadyExists, "There is a record with this id."},
      {reason::kRecordMoved, StatusCode::kFailedPrecondition, "The record stands in another scope now."},
      {reason::kRecordNotFound, StatusCode::kNotFound,
       "There is no such record, or none the caller may see."},
      {reason::kReportAtDistrict, StatusCode::kFailedPrecondition,
       "The report compares sites and is made at the district's server alone."},
      {reason::kReportIncomplete, StatusCode::kFailedPrecondition,
       "Sites are missing from the report, and a complete one was asked for."},
      {reason::kReportNotFound, StatusCode::kNotFound, "There is no such report."},
      {reason::kResumeTokenTooOld, StatusCode::kOutOfRange,
       "The watch cannot go on from there: list again, then watch."},
      {reason::kRuleBroken, StatusCode::kFailedPrecondition,
       "The record would not fit the records it is tied to; each field at fault says what to do."},
      {reason::kScopeRequired, StatusCode::kInvalidArgument, "The scope must be named."},
      {reason::kScopeUnknown, StatusCode::kInvalidArgument,
       "There is no such scope, or the kind cannot stand there."},
      {reason::kUnauthenticated, StatusCode::kUnauthenticated, "Who is calling is not known."},
      {reason::kVersionUnknown, StatusCode::kInvalidArgument, "The field has no such version."},
  };
  return *reasons;
}

absl::Status ErrorWithReason(std::string_view word, std::string_view message) {
  const auto& reasons = ErrorReasons();
  const auto found = std::lower_bound(reasons.begin(), reasons.end(), word,
                                      [](const ErrorReason& r, std::string_view w) { return r.word < w; });
  absl::Status status(found->code, std::string(message));
  status.SetPayload(kReasonPayload, absl::Cord(std::string(word)));
  return status;
}

std::optional<std::string> ReasonOf(const absl::Status& status) { return PayloadOf(status, kReasonPayload); }

absl::Status FieldViolationsError(const std::vector<FieldViolation>& violations) {
  std::string message;
  for (const FieldViolation& violation : violations) {
    message += fmt::format("{}{}: {}", message.empty() ? "" : "; ", violation.field, violation.problem);
  }
  absl::Status status = ErrorWithReason(reason::kFieldInvalid, message);
  AttachFieldViolations(violations, &status);
  return status;
}

void AttachFieldViolations(const std::vector<FieldViolation>& violations, absl::Status* status) {
  rpc::v1::BadRequest bad;
  for (const FieldViolation& violation : violations) {
    auto* out = bad.add_field_violations();
    out->set_field(violation.field);
    out->set_description(violation.problem);
  }
  status->SetPayload(kViolationsPayload, absl::Cord(bad.SerializeAsString()));
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  rpc::v1::BadRequest bad;
  const auto payload = PayloadOf(status, kViolationsPayload);
  if (!payload || !bad.ParseFromString(*payload)) return violations;
  for (const auto& violation : bad.field_violations()) {
    violations.push_back({violation.field(), violation.description()});
  }
  return violations;
}

void SetRetryAfter(int64_t milliseconds, absl::Status* status) {
  status->SetPayload(kRetryPayload, absl::Cord(std::to_string(milliseconds)));
}

std::optional<int64_t> RetryAfterOf(const absl::Status& status) {
  const auto payload = PayloadOf(status, kRetryPayload);
  if (!payload) return std::nullopt;
  int64_t milliseconds = 0;
  const auto parsed = std::from_chars(payload->data(), payload->data() + payload->size(), milliseconds);
  if (parsed.ec != std::errc()) return std::nullopt;
  return milliseconds;
}

}  // namespace trellis
