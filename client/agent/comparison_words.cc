#include "client/agent/comparison_words.h"

#include <fmt/format.h>

#include "absl/time/time.h"

namespace trellis {
namespace {

std::string TimeText(int64_t ms) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

std::string Counted(uint64_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::optional<uint64_t> ChangesSinceComparison(const ComparedScope& scope) {
  if (!scope.compared) return std::nullopt;
  if (scope.now.verified) return 0;
  if (!scope.last.has_value()) return std::nullopt;
  // A store that was put back has other changes under the same numbers: all of them are unproved.
  if (scope.now.head < scope.last->site_seq) return scope.now.head;
  return scope.now.head - scope.last->site_seq;
}

std::string ComparisonWords(const ComparedScope& scope) {
  if (!scope.compared) {
    return fmt::format(
        "sent up only: {} of {} acknowledged; not compared, because what a site sends here is not read back "
        "and "
        "its other machines send here too",
        scope.now.pushed, Counted(scope.now.head, "change"));
  }
  std::string words;
  if (scope.now.repairing) words = "differs from the server, and is being mended; ";
  if (scope.now.verified) {
    words += fmt::format("verified at {}: {} equal", TimeText(scope.now.verified_at_ms),
                         Counted(scope.records, "record"));
  } else if (scope.last.has_value()) {
    words += fmt::format("verified at {}: {} equal", TimeText(scope.last->at_ms),
                         Counted(scope.last->records, "record"));
    const uint64_t since = *ChangesSinceComparison(scope);
    if (scope.now.head < scope.last->site_seq) {
      words += "; the store here has been put back to an earlier state since then";
    } else if (since > 0) {
      words += fmt::format("; {} here since then", Counted(since, "change"));
    }
  } else {
    return words + "not compared with the server yet";
  }
  if (scope.last.has_value() && scope.last->left_out > 0) {
    words += fmt::format("; {} set aside and not compared", Counted(scope.last->left_out, "record"));
  }
  return words;
}

std::string BackupWords(int64_t backed_up_to_ms) {
  if (backed_up_to_ms == 0) return "in no verified backup that the server has told of";
  return fmt::format("what the server had acknowledged by {} is in a verified backup",
                     TimeText(backed_up_to_ms));
}

}  // namespace trellis
