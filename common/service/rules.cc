#include "common/service/rules.h"

#include "common/rpc/error_reason.h"
#include "trellis/domain/v1/response.pb.h"
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

// A response that is not sealed, in a wave that promised not to know who answered.
absl::Status CheckResponse(const domain::v1::Response& response, const FindShared& find) {
  const std::shared_ptr<const google::protobuf::Message> found = find("Wave", response.wave());
  const auto* wave = dynamic_cast<const Wave*>(found.get());
  if (wave == nullptr || wave->mode() != domain::v1::WAVE_MODE_ANONYMOUS) return absl::OkStatus();
  return ErrorWithReason(reason::kAnonymousWave,
                         "The wave is anonymous, and this version has no ballot box: an answer kept as an "
                         "ordinary response could be traced");
}

absl::Status CheckWave(const Wave* before, const Wave& wave) {
  if (absl::Status status = CheckAnonymous(wave); !status.ok()) return status;
  if (absl::Status status = CheckDates(wave); !status.ok()) return status;
  return before == nullptr ? absl::OkStatus() : CheckFixedOnceOpen(*before, wave);
}

}  // namespace

absl::Status CheckRules(const google::protobuf::Message* before, const google::protobuf::Message& after,
                        const FindShared& find) {
  if (const auto* wave = dynamic_cast<const Wave*>(&after)) {
    return CheckWave(dynamic_cast<const Wave*>(before), *wave);
  }
  if (const auto* response = dynamic_cast<const domain::v1::Response*>(&after)) {
    return CheckResponse(*response, find);
  }
  return absl::OkStatus();
}

}  // namespace trellis
