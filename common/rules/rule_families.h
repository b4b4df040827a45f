// The families of rules behind rule_book.h, one file each. Each adds what it finds.
#pragma once

#include "common/rules/rule_book.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/cycle.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/survey.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {

// references.cc: what is referred to exists; values come from their code lists; what needs a feature has it
// on.
void CheckReferences(const RuledRecord& record, RecordView* view, Findings* found);
// dates.cc: an end lies after its beginning, whatever the two are called.
void CheckDates(const RuledRecord& record, Findings* found);
// consistency.cc: fields of one record that contradict each other.
void CheckConsistency(const RuledRecord& record, RecordView* view, Findings* found);
// capacity.cc: no more people in a session than it takes, nobody twice.
void CheckSession(const domain::v1::Session& session, const RuledRecord& record, RecordView* view,
                  Findings* found);
void CheckRegistration(const domain::v1::Participation& part, const domain::v1::Participation* before,
                       const RuledRecord& record, RecordView* view, Findings* found);
// cycle_gates.cc: stages in order, and what each gate needs.
void CheckCycle(const domain::v1::ImprovementCycle& cycle, const RuledRecord& record, RecordView* view,
                Findings* found);
void CheckTransitions(const domain::v1::ImprovementCycle& cycle, const domain::v1::ImprovementCycle& before,
                      bool by_district, const RuledRecord& record, RecordView* view, Findings* found);
// surveys.cc: a published survey has no holes; a slot keeps its question.
void CheckSurvey(const domain::v1::Survey& survey, Findings* found);
void CheckSlots(const domain::v1::Survey& survey, const domain::v1::Survey& before, Findings* found);
// Whether every wording of the survey stands in the language; what is missing is named, the first few.
std::vector<std::string> MissingWordings(const domain::v1::Survey& survey, const std::string& language);
// waves.cc: what a wave needs before it opens, and what is fixed from then on.
void CheckWave(const domain::v1::Wave& wave, const RuledRecord& record, RecordView* view, Findings* found);
void CheckFixed(const domain::v1::Wave& wave, const domain::v1::Wave& before, Findings* found);

}  // namespace trellis
