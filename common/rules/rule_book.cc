#include "common/rules/rule_book.h"

#include <algorithm>

#include "common/rules/rule_families.h"

namespace trellis {
namespace {

using google::protobuf::Message;

template <typename MessageT>
const MessageT* As(const Message* message) {
  return dynamic_cast<const MessageT*>(message);
}

void CheckSteps(const RuledRecord& after, const Message* before, bool by_district, RecordView* view,
                Findings* found) {
  namespace v1 = domain::v1;
  if (const auto* part = As<v1::Participation>(after.message)) {
    CheckRegistration(*part, As<v1::Participation>(before), after, view, found);
  }
  if (before == nullptr) return;
  if (const auto* cycle = As<v1::ImprovementCycle>(after.message)) {
    CheckTransitions(*cycle, *As<v1::ImprovementCycle>(before), by_district, after, view, found);
  } else if (const auto* survey = As<v1::Survey>(after.message)) {
    CheckSlots(*survey, *As<v1::Survey>(before), found);
  } else if (const auto* wave = As<v1::Wave>(after.message)) {
    CheckFixed(*wave, *As<v1::Wave>(before), found);
  }
}

}  // namespace

Findings CheckStanding(const RuledRecord& record, RecordView* view) {
  namespace v1 = domain::v1;
  Findings found;
  CheckReferences(record, view, &found);
  CheckDates(record, &found);
  CheckConsistency(record, view, &found);
  if (const auto* session = As<v1::Session>(record.message)) {
    CheckSession(*session, record, view, &found);
  } else if (const auto* cycle = As<v1::ImprovementCycle>(record.message)) {
    CheckCycle(*cycle, record, view, &found);
  } else if (const auto* survey = As<v1::Survey>(record.message)) {
    CheckSurvey(*survey, &found);
  } else if (const auto* wave = As<v1::Wave>(record.message)) {
    CheckWave(*wave, record, view, &found);
  }
  return found;
}

Findings CheckWrite(const RuledRecord& after, const Message* before, bool by_district, RecordView* view) {
  Findings found = CheckStanding(after, view);
  if (before != nullptr && !found.empty()) {
    RuledRecord stood = after;
    stood.message = before;
    const Findings old = CheckStanding(stood, view);
    found.erase(std::remove_if(found.begin(), found.end(),
                               [&](const Finding& finding) {
                                 return std::find(old.begin(), old.end(), finding) != old.end();
                               }),
                found.end());
  }
  CheckSteps(after, before, by_district, view, &found);
  return found;
}

}  // namespace trellis
