#include "common/service/rules.h"

#include "common/rpc/error_reason.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

using domain::v1::Wave;

// Its answers would have to go into a ballot box (sealed, unlinked from who and when). Storing them as
// ordinary responses would break the promise made on the form.
absl::Status CheckAnonymous(const Wave& wave) {
  if (wave.mode() != domain::v1::WAVE_MODE_ANONYMOUS || wave.state() != domain::v1::WAVE_STATE_OPEN) {
    return absl::OkStatus();
  }
  return ErrorWithReason(
      reason::kAnonymousWave,
      "An anonymous wave cannot be opened: this version has no ballot box, and without one "
      "answers could be traced. Use mode CONFIDENTIAL, and say so on the form");
}

absl::Status CheckDates(const Wave& wave) {
  if (wave.open_date().empty() || wave.close_date().empty() || wave.open_date() <= wave.close_date()) {
    return absl::OkStatus();
  }
  return FieldViolationsError({{"closeDate", "lies before openDate"}});
}

// Respondents were told what is known of them and how results are broken down.
absl::Status CheckFixedOnceOpen(const Wave& before, const Wave& after) {
  if (before.state() != domain::v1::WAVE_STATE_OPEN && before.state() != domain::v1::WAVE_STATE_CLOSED) {
    return absl::OkStatus();
  }
  if (before.mode() != after.mode()) {
    return FieldViolationsError({{"mode", "is fixed once the wave is open; make another wave"}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRules(const google::protobuf::Message* before, const google::protobuf::Message& after) {
  const auto* wave = dynamic_cast<const Wave*>(&after);
  if (wave == nullptr) return absl::OkStatus();
  if (absl::Status status = CheckAnonymous(*wave); !status.ok()) return status;
  if (absl::Status status = CheckDates(*wave); !status.ok()) return status;
  if (const auto* earlier = dynamic_cast<const Wave*>(before)) return CheckFixedOnceOpen(*earlier, *wave);
  return absl::OkStatus();
}

}  // namespace trellis
