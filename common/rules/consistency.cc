#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "common/rules/rule_families.h"
#include "trellis/domain/v1/provider.pb.h"
#include "trellis/domain/v1/rubric.pb.h"
#include "trellis/domain/v1/voice.pb.h"

namespace trellis {
namespace {

namespace pb = google::protobuf;
namespace v1 = domain::v1;

void Refuse(Findings* found, std::string rule, std::string field, std::string problem) {
  found->push_back({std::move(rule), std::move(field), std::move(problem), /*refuses=*/true});
}

// Whatever has a state "approved" and a field for who approved.
void CheckApproval(const RuledRecord& record, Findings* found) {
  const FieldInfo* by = record.kind->Find(std::string_view("approved_by"));
  const FieldInfo* state = record.kind->Find(std::string_view("state"));
  if (by == nullptr || state == nullptr || state->type != FieldType::kCode) return;
  const pb::Message& message = *record.message;
  const pb::Reflection* reflection = message.GetReflection();
  if (!reflection->GetString(message, by->descriptor).empty()) return;
  const std::string& name = reflection->GetEnum(message, state->descriptor)->name();
  constexpr std::string_view kApproved = "_APPROVED";
  if (name.size() < kApproved.size() || name.substr(name.size() - kApproved.size()) != kApproved) return;
  Refuse(found, "approval-unsigned", by->json_name, "is empty: say who approved it");
}

void CheckAlignment(const v1::Alignment& alignment, Findings* found) {
  const int from =
      static_cast<int>(!alignment.activity().empty()) + static_cast<int>(!alignment.strategy().empty()) +
      static_cast<int>(!alignment.initiative().empty()) + static_cast<int>(!alignment.from_goal().empty());
  const bool to_standard = !alignment.framework().empty() && !alignment.standard().empty();
  const int to = static_cast<int>(to_standard) + static_cast<int>(!alignment.goal().empty()) +
                 static_cast<int>(!alignment.expectation().empty());
  if (from != 1) {
    Refuse(found, "alignment-ends", "activity",
           "an alignment is of one thing: give exactly one of activity, strategy, initiative, fromGoal");
  }
  if (to != 1) {
    Refuse(found, "alignment-ends", "goal",
           "an alignment is to one thing: give exactly one of framework with standard, goal, expectation");
  }
}

void CheckRubric(const v1::RubricAssessment& assessment, const RuledRecord& record, RecordView* view,
                 Findings* found) {
  const std::optional<ViewedRecord> place = view->Find("Rubric", assessment.rubric(), record.scope);
  const auto* rubric = place ? dynamic_cast<const v1::Rubric*>(place->message.get()) : nullptr;
  if (rubric == nullptr) return;
  const auto& items = rubric->items();
  if (std::none_of(items.begin(), items.end(),
                   [&](const auto& item) { return item.code() == assessment.item(); })) {
    Refuse(found, "rubric-item-unknown", "item",
           fmt::format("is {}, which the rubric {} does not have", assessment.item(), assessment.rubric()));
  }
  const auto& levels = rubric->levels();
  if (!levels.empty() && std::none_of(levels.begin(), levels.end(), [&](const auto& level) {
        return level.level() == assessment.level();
      })) {
    Refuse(found, "rubric-level-unknown", "level",
           fmt::format("is {}, which the rubric {} does not have", assessment.level(), assessment.rubric()));
  }
}

}  // namespace

void CheckConsistency(const RuledRecord& record, RecordView* view, Findings* found) {
  CheckApproval(record, found);
  if (const auto* concern = dynamic_cast<const v1::Concern*>(record.message)) {
    if (concern->anonymous() && !concern->raised_by().empty()) {
      Refuse(found, "not-anonymous", "raisedBy", "names a person, and the concern is raised without a name");
    }
  } else if (const auto* input = dynamic_cast<const v1::QualitativeInput*>(record.message)) {
    if (input->confidentiality() == v1::CONFIDENTIALITY_ANONYMOUS && !input->given_by().empty()) {
      Refuse(found, "not-anonymous", "givenBy", "names a person, and the words were given anonymously");
    }
  } else if (const auto* alignment = dynamic_cast<const v1::Alignment*>(record.message)) {
    CheckAlignment(*alignment, found);
  } else if (const auto* assessment = dynamic_cast<const v1::RubricAssessment*>(record.message)) {
    CheckRubric(*assessment, record, view, found);
  }
}

}  // namespace trellis
