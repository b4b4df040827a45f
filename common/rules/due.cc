#include "common/rules/due.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/time/civil_time.h"
#include "common/rules/cycle_gates.h"
#include "trellis/domain/v1/learning_plan.pb.h"
#include "trellis/domain/v1/metric.pb.h"

namespace trellis {
namespace {

namespace pb = google::protobuf;
namespace v1 = domain::v1;

std::string TextOf(const pb::Message& message, const FieldInfo& field) {
  const pb::FieldDescriptor* descriptor =
      message.GetDescriptor()->FindFieldByNumber(static_cast<int>(field.number));
  return descriptor->is_repeated() || field.type != FieldType::kText
             ? ""
             : message.GetReflection()->GetString(message, descriptor);
}

bool IsTrue(const pb::Message& message, const char* name) {
  const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && field->cpp_type() == pb::FieldDescriptor::CPPTYPE_BOOL &&
         !field->is_repeated() && message.GetReflection()->GetBool(message, field);
}

bool IsDone(const KindInfo& kind, const pb::Message& message) {
  if (IsTrue(message, "template")) return true;
  const pb::FieldDescriptor* state = message.GetDescriptor()->FindFieldByName("state");
  if (state == nullptr || state->cpp_type() != pb::FieldDescriptor::CPPTYPE_ENUM) return false;
  const std::string& name = message.GetReflection()->GetEnum(message, state)->name();
  return std::find(kind.done_states.begin(), kind.done_states.end(), name) != kind.done_states.end();
}

std::string OwnerIn(const pb::Message& element, const std::string& otherwise) {
  const pb::FieldDescriptor* owner = element.GetDescriptor()->FindFieldByName("owner");
  if (owner == nullptr || owner->cpp_type() != pb::FieldDescriptor::CPPTYPE_STRING) return otherwise;
  const std::string named = element.GetReflection()->GetString(element, owner);
  return named.empty() ? otherwise : named;
}

std::string KeyOf(const pb::Message& element, int index) {
  const pb::FieldDescriptor* code = element.GetDescriptor()->FindFieldByName("code");
  return code != nullptr ? element.GetReflection()->GetString(element, code) : std::to_string(index);
}

// Elements of a repeated message field that have a due day of their own.
void DueInElements(const pb::Message& message, const FieldInfo& field, const std::string& owner,
                   std::vector<DueItem>* due) {
  const pb::FieldDescriptor* descriptor =
      message.GetDescriptor()->FindFieldByNumber(static_cast<int>(field.number));
  for (int i = 0; i < message.GetReflection()->FieldSize(message, descriptor); ++i) {
    const pb::Message& element = message.GetReflection()->GetRepeatedMessage(message, descriptor, i);
    if (IsTrue(element, "done") || IsTrue(element, "reached")) continue;
    for (const FieldInfo& member : field.members) {
      const std::string date = member.due ? TextOf(element, member) : "";
      if (date.empty()) continue;
      due->push_back({date, fmt::format("{}[{}].{}", field.json_name, KeyOf(element, i), member.json_name),
                      OwnerIn(element, owner)});
    }
  }
}

// Empty if `date` is none.
std::string DaysAfter(const std::string& date, int64_t days) {
  absl::CivilDay day;
  return absl::ParseCivilTime(date, &day) ? absl::FormatCivilTime(day + days) : "";
}

// Kept for so many days only.
void DueDeletion(const KindInfo& kind, const pb::Message& message, std::vector<DueItem>* due) {
  const FieldInfo* date = kind.Find(std::string_view("date"));
  if (kind.retention_days == 0 || date == nullptr) return;
  const std::string last = DaysAfter(TextOf(message, *date), kind.retention_days);
  if (!last.empty()) due->push_back({last, "date[to be deleted]", ""});
}

void DueChecks(const v1::Metric& metric, std::vector<DueItem>* due) {
  std::string measured;
  for (const v1::Measurement& taken : metric.measurements()) measured = std::max(measured, taken.date());
  for (const std::string& date : metric.check_dates()) {
    if (date > measured) due->push_back({date, "checkDates", metric.owner()});
  }
}

void DueGates(const v1::ImprovementCycle& cycle, std::vector<DueItem>* due) {
  const v1::CycleStage stage = PresentStage(cycle);
  for (const v1::PlannedGate& gate : cycle.planned_gates()) {
    if (gate.stage() > stage) {
      due->push_back(
          {gate.due_date(), fmt::format("plannedGates[{}]", StageWords(gate.stage())), cycle.owner()});
    }
  }
}

}  // namespace

std::vector<DueItem> DueCheckIn(const ViewedRecord& record, RecordView* view) {
  const auto* plan = dynamic_cast<const v1::LearningPlan*>(record.message.get());
  if (plan == nullptr || !plan->has_check_in_days()) return {};
  if (plan->state() != v1::PLAN_STATE_APPROVED && plan->state() != v1::PLAN_STATE_ACTIVE) return {};
  std::string last = plan->approved_date();
  for (const ViewedRecord& held : view->Holding("CheckIn", "plan", NamesOf(record))) {
    const auto* check_in = dynamic_cast<const v1::CheckIn*>(held.message.get());
    if (check_in != nullptr) last = std::max(last, check_in->date());
  }
  const std::string next = DaysAfter(last, plan->check_in_days());
  if (next.empty()) return {};
  return {{next, "checkInDays", plan->supervisor()}};
}

std::vector<DueItem> DueIn(const KindInfo& kind, const pb::Message& message) {
  std::vector<DueItem> due;
  if (IsDone(kind, message)) return due;
  const FieldInfo* owner_field = kind.Find(kind.owner_field);
  const std::string owner = owner_field != nullptr ? TextOf(message, *owner_field) : "";
  for (const FieldInfo& field : kind.fields) {
    if (field.type == FieldType::kMessage && field.repeated) {
      DueInElements(message, field, owner, &due);
    } else if (field.due) {
      if (const std::string date = TextOf(message, field); !date.empty()) {
        due.push_back({date, field.json_name, owner});
      }
    }
  }
  DueDeletion(kind, message, &due);
  if (const auto* metric = dynamic_cast<const v1::Metric*>(&message)) DueChecks(*metric, &due);
  if (const auto* cycle = dynamic_cast<const v1::ImprovementCycle*>(&message)) DueGates(*cycle, &due);
  return due;
}

}  // namespace trellis
