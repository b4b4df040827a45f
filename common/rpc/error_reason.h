// Why a call failed, in a word a program can rely on. The word travels beside the canonical code: as a
// payload of absl::Status within the process, as google.rpc.ErrorInfo on the wire. Words are never renamed.
// No gRPC here: use cases attach reasons, status_mapping.h translates.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/record/validation.h"

namespace trellis {

struct ErrorReason {
  std::string_view word;
  absl::StatusCode code;     // the code it always comes with
  std::string_view meaning;  // for the documentation of the API
};

// The catalog. Sorted by word.
const std::vector<ErrorReason>& ErrorReasons();

namespace reason {
inline constexpr char kAccessDenied[] = "ACCESS_DENIED";
inline constexpr char kAnonymousWave[] = "ANONYMOUS_WAVE_UNAVAILABLE";
inline constexpr char kAppendOnly[] = "APPEND_ONLY";
inline constexpr char kBusy[] = "BUSY";
inline constexpr char kCodeTaken[] = "CODE_TAKEN";
inline constexpr char kDistrictField[] = "DISTRICT_FIELD";
inline constexpr char kEtagMismatch[] = "ETAG_MISMATCH";
inline constexpr char kFieldInvalid[] = "FIELD_INVALID";
inline constexpr char kFieldUnknown[] = "FIELD_UNKNOWN";
inline constexpr char kFileInvalid[] = "FILE_INVALID";
inline constexpr char kFilterInvalid[] = "FILTER_INVALID";
inline constexpr char kKindUnknown[] = "KIND_UNKNOWN";
inline constexpr char kNoConflict[] = "NO_CONFLICT";
inline constexpr char kOpenConflict[] = "OPEN_CONFLICT";
inline constexpr char kPageTokenInvalid[] = "PAGE_TOKEN_INVALID";
inline constexpr char kRecordDeleted[] = "RECORD_DELETED";
inline constexpr char kRecordExists[] = "RECORD_EXISTS";
inline constexpr char kRecordMoved[] = "RECORD_MOVED";
inline constexpr char kRecordNotFound[] = "RECORD_NOT_FOUND";
inline constexpr char kReportAtDistrict[] = "REPORT_AT_DISTRICT";
inline constexpr char kReportIncomplete[] = "REPORT_INCOMPLETE";
inline constexpr char kReportNotFound[] = "REPORT_NOT_FOUND";
inline constexpr char kResumeTokenTooOld[] = "RESUME_TOKEN_TOO_OLD";
inline constexpr char kRuleBroken[] = "RULE_BROKEN";
inline constexpr char kScopeRequired[] = "SCOPE_REQUIRED";
inline constexpr char kScopeUnknown[] = "SCOPE_UNKNOWN";
inline constexpr char kUnauthenticated[] = "UNAUTHENTICATED";
inline constexpr char kVersionUnknown[] = "VERSION_UNKNOWN";
}  // namespace reason

// A status of the reason's code. REQUIRES: `word` is in the catalog.
absl::Status ErrorWithReason(std::string_view word, std::string_view message);
// The reason a status carries; nullopt: none was attached.
std::optional<std::string> ReasonOf(const absl::Status& status);

// INVALID_ARGUMENT with reason FIELD_INVALID. The message names every field. REQUIRES: not empty.
absl::Status FieldViolationsError(const std::vector<FieldViolation>& violations);
void AttachFieldViolations(const std::vector<FieldViolation>& violations, absl::Status* status);
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);

// When to try again, in milliseconds.
void SetRetryAfter(int64_t milliseconds, absl::Status* status);
std::optional<int64_t> RetryAfterOf(const absl::Status& status);

}  // namespace trellis
