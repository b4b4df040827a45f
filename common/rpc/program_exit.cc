#include "common/rpc/program_exit.h"

namespace trellis {

int ProgramExitCode(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 0;
    case absl::StatusCode::kInvalidArgument:
      return 2;
    case absl::StatusCode::kUnavailable:
      return 3;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return 4;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
      return 5;
    case absl::StatusCode::kNotFound:
      return 6;
    case absl::StatusCode::kDataLoss:
      return 9;
    default:
      return 1;
  }
}

}  // namespace trellis
