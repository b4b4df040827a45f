#include "common/rpc/status_mapping.h"

#include "absl/strings/cord.h"
#include "trellis/rpc/v1/error_details.pb.h"

namespace trellis {
namespace {

constexpr char kDomain[] = "trellis";
constexpr char kErrorInfo[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequest[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";

void AddDetail(const char* type, const google::protobuf::Message& message, rpc::v1::Status* status) {
  auto* detail = status->add_details();
  detail->set_type_url(type);
  detail->set_value(message.SerializeAsString());
}

absl::Status StatusOfReason(const std::string& word, const grpc::Status& status) {
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  for (const ErrorReason& reason : ErrorReasons()) {
    if (reason.word == word && reason.code == code) return ErrorWithReason(word, status.error_message());
  }
  return absl::Status(code, status.error_message());
}

}  // namespace

std::string_view CodeName(absl::StatusCode code) {
  static constexpr std::string_view kNames[] = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  const auto index = static_cast<size_t>(code);
  return index < std::size(kNames) ? kNames[index] : kNames[2];
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  rpc::v1::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(std::string(status.message()));
  rpc::v1::ErrorInfo info;
  info.set_reason(ReasonOf(status).value_or(std::string(CodeName(status.code()))));
  info.set_domain(kDomain);
  AddDetail(kErrorInfo, info, &details);
  if (const auto violations = FieldViolationsOf(status); !violations.empty()) {
    rpc::v1::BadRequest bad;
    for (const FieldViolation& violation : violations) {
      auto* out = bad.add_field_violations();
      out->set_field(violation.field);
      out->set_description(violation.problem);
    }
    AddDetail(kBadRequest, bad, &details);
  }
  if (const auto retry_ms = RetryAfterOf(status)) {
    rpc::v1::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(*retry_ms / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int>(*retry_ms % 1000 * 1'000'000));
    AddDetail(kRetryInfo, retry, &details);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      details.SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  rpc::v1::Status details;
  if (!details.ParseFromString(status.error_details())) return result;
  std::optional<int64_t> retry_ms;
  for (const auto& detail : details.details()) {
    if (detail.type_url() == kErrorInfo) {
      rpc::v1::ErrorInfo info;
      if (info.ParseFromString(detail.value()) && info.domain() == kDomain) {
        result = StatusOfReason(info.reason(), status);
      }
    } else if (detail.type_url() == kBadRequest) {
      rpc::v1::BadRequest bad;
      if (!bad.ParseFromString(detail.value())) continue;
      std::vector<FieldViolation> violations;
      for (const auto& violation : bad.field_violations()) {
        violations.push_back({violation.field(), violation.description()});
      }
      if (!violations.empty()) AttachFieldViolations(violations, &result);
    } else if (detail.type_url() == kRetryInfo) {
      rpc::v1::RetryInfo retry;
      if (retry.ParseFromString(detail.value())) {
        retry_ms = retry.retry_delay().seconds() * 1000 + retry.retry_delay().nanos() / 1'000'000;
      }
    }
  }
  if (retry_ms) SetRetryAfter(*retry_ms, &result);
  return result;
}

}  // namespace trellis
