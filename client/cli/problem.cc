#include "client/cli/problem.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "common/rpc/error_reason.h"
#include "common/rpc/status_mapping.h"

namespace trellis {
namespace {

// What to do about an error whose message cannot know where it came from.
std::string FixFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      if (const auto wait_ms = RetryAfterOf(status)) {
        return fmt::format("try again in {} s", (*wait_ms + 999) / 1000);
      }
      return "check that the program runs and that the address is right, then try again";
    case absl::StatusCode::kUnauthenticated:
      return "give a token with --token-file, or ask the district office for one";
    case absl::StatusCode::kPermissionDenied:
      return "ask somebody whose role allows it";
    case absl::StatusCode::kAborted:
      return "read the record again and repeat the change with its present etag";
    case absl::StatusCode::kDeadlineExceeded:
      return "nothing is lost; look at `trellis sync status` and try again";
    default:
      return "";
  }
}

}  // namespace

void PrintProblem(const absl::Status& status, bool json, std::ostream& err) {
  const std::string message(status.message().data(), status.message().size());
  const std::string fix = FixFor(status);
  const auto violations = FieldViolationsOf(status);
  const std::string code(CodeName(status.code()));
  if (json) {
    nlohmann::ordered_json details = nlohmann::ordered_json::array();
    for (const FieldViolation& violation : violations) {
      details.push_back(
          nlohmann::ordered_json({{"field", violation.field}, {"description", violation.problem}}));
    }
    const nlohmann::ordered_json problem = {{"code", code},
                                            {"reason", ReasonOf(status).value_or(code)},
                                            {"message", message},
                                            {"fix", fix},
                                            {"details", details}};
    err << problem.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    return;
  }
  err << "trellis: " << message << '\n';
  for (const FieldViolation& violation : violations) {
    if (message.find(violation.problem) == std::string::npos) {
      err << "  " << violation.field << ": " << violation.problem << '\n';
    }
  }
  if (!fix.empty()) err << "  " << fix << '\n';
}

}  // namespace trellis
