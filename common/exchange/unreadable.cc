#include "common/exchange/unreadable.h"

#include <fmt/format.h>

#include "common/causal/bytes.h"

namespace trellis {

bool IsOfTheFrame(const absl::Status& failure) {
  return absl::IsInvalidArgument(failure) || absl::IsDataLoss(failure) || absl::IsInternal(failure) ||
         absl::IsOutOfRange(failure);
}

absl::StatusOr<bool> FailedOftenEnough(Replica* replica, const std::string& peer, const Frame& frame) {
  const std::string key = fmt::format("sync/unreadable/{}/{}/{}", peer, frame.scope, frame.lane);
  const auto kept = replica->GetMeta(key);
  if (!kept.ok()) return kept.status();
  uint64_t failures = 1;
  if (kept->has_value()) {
    ByteReader reader(**kept);
    const bool same = reader.Varint() == frame.epoch && reader.Varint() == frame.prev;
    const uint64_t before = reader.Varint();
    if (same && reader.ok()) failures += before;
  }
  std::string row;
  AppendVarint(&row, frame.epoch);
  AppendVarint(&row, frame.prev);
  AppendVarint(&row, failures);
  if (absl::Status status = replica->PutMeta(key, row); !status.ok()) return status;
  return failures >= kMostFrameFailures;
}

}  // namespace trellis
