// absl::Status inside, grpc::Status outside: one mapping for every service. The canonical codes are the
// same; reason, field violations and the time to wait travel as google.rpc.Status in the error details.
#pragma once

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "common/rpc/error_reason.h"

namespace trellis {

// An error without a reason gets the name of its code as one. Messages of INTERNAL and UNKNOWN errors are
// passed on: they are written for the person who must mend it.
grpc::Status ToGrpcStatus(const absl::Status& status);
// The other way, at a client; the details come back as ReasonOf, FieldViolationsOf, RetryAfterOf.
absl::Status FromGrpcStatus(const grpc::Status& status);

// The name of a canonical code, such as NOT_FOUND.
std::string_view CodeName(absl::StatusCode code);

}  // namespace trellis
