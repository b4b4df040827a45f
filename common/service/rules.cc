#include "common/service/rules.h"

#include <algorithm>

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
absl::Status CheckResponse(const domain::v1::Response& response, RecordView* view) {
  const std::optional<ViewedRecord> found = view->Find("Wave", response.wave(), ScopeName{}.ToString());
  const auto* wave = found ? dynamic_cast<const Wave*>(found->message.get()) : nullptr;
  if (wave == nullptr || wave->mode() != domain::v1::WAVE_MODE_ANONYMOUS) return absl::OkStatus();
  return ErrorWithReason(reason::kAnonymousWave,
                         "The wave is anonymous, and this version has no ballot box: an answer kept as an "
                         "ordinary response could be traced");
}

absl::Status CheckWave(const Wave* before, const Wave& wave) {
  if (absl::Status status = CheckAnonymous(wave); !status.ok()) return status;
  return before == nullptr ? absl::OkStatus() : CheckFixedOnceOpen(*before, wave);
}

// Acts for the district, or for the site whose own record it is.
bool ActsForOwner(const RecordStore& store, const Principal& principal, const std::string& scope) {
  if (scope != ScopeName{}.ToString()) return true;
  if (principal.type == PrincipalType::kSystem) return store.at_district();
  return std::any_of(principal.grants.begin(), principal.grants.end(), [](const Grant& grant) {
    return grant.site == kWholeDistrict &&
           (grant.role == Role::kDistrictAdmin || grant.role == Role::kDistrictStaff);
  });
}

absl::Status Refusal(const Findings& found) {
  std::vector<FieldViolation> violations;
  std::string text;
  for (const Finding& finding : found) {
    violations.push_back({finding.field, finding.problem});
    text +=
        (text.empty() ? "" : "\n") + (finding.field.empty() ? "" : finding.field + ": ") + finding.problem;
  }
  absl::Status status = ErrorWithReason(reason::kRuleBroken, text);
  AttachFieldViolations(violations, &status);
  return status;
}

}  // namespace

absl::Status JudgeWrite(const RecordStore& store, const Principal& principal, const RuledRecord& after,
                        const google::protobuf::Message* before, RecordView* view, Findings* shown) {
  absl::Status status;
  if (const auto* wave = dynamic_cast<const Wave*>(after.message)) {
    status = CheckWave(dynamic_cast<const Wave*>(before), *wave);
  } else if (const auto* response = dynamic_cast<const domain::v1::Response*>(after.message)) {
    status = CheckResponse(*response, view);
  }
  if (!status.ok()) return status;
  Findings refusing;
  for (Finding& finding : CheckWrite(after, before, ActsForOwner(store, principal, after.scope), view)) {
    (finding.refuses ? refusing : *shown).push_back(std::move(finding));
  }
  return refusing.empty() ? absl::OkStatus() : Refusal(refusing);
}

}  // namespace trellis
