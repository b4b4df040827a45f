#include "common/rules/cycle_gates.h"

#include <fmt/format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <tuple>

#include "common/rules/gate_needs.h"
#include "common/rules/rule_families.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;
using google::protobuf::util::MessageDifferencer;

std::shared_ptr<const v1::ImprovementModel> ModelOf(const v1::ImprovementCycle& cycle,
                                                    const std::string& scope, RecordView* view) {
  std::optional<ViewedRecord> record;
  if (!cycle.model().empty()) {
    record = view->Find("ImprovementModel", cycle.model(), scope);
  } else {
    const std::vector<ViewedRecord> all = view->Shared("ImprovementModel");
    if (all.size() == 1) record = all.front();
  }
  return record ? std::dynamic_pointer_cast<const v1::ImprovementModel>(record->message) : nullptr;
}

std::string Joined(const std::vector<MissingNeed>& needs) {
  std::string text;
  for (const MissingNeed& need : needs) text += (text.empty() ? "" : "; ") + need.what;
  return text;
}

// Needs that records of other sites may meet.
bool IsMetBySites(v1::GateNeed need, const v1::ImprovementCycle& cycle) {
  return (need == v1::GATE_NEED_OWNER && !cycle.owner().empty()) || need == v1::GATE_NEED_ACTION_STEPS ||
         need == v1::GATE_NEED_PARTICIPATION || need == v1::GATE_NEED_EVIDENCE;
}

std::vector<const v1::StageTransition*> NewTransitions(const v1::ImprovementCycle& cycle,
                                                       const v1::ImprovementCycle& before) {
  std::vector<const v1::StageTransition*> fresh;
  for (const v1::StageTransition& step : cycle.transitions()) {
    const bool known = std::any_of(before.transitions().begin(), before.transitions().end(),
                                   [&](const auto& old) { return MessageDifferencer::Equals(old, step); });
    if (!known) fresh.push_back(&step);
  }
  return fresh;
}

void Refuse(Findings* found, const char* rule, std::string problem) {
  found->push_back({rule, "transitions", std::move(problem), /*refuses=*/true});
}

}  // namespace

std::vector<const v1::StageTransition*> AcceptedTransitions(const v1::ImprovementCycle& cycle) {
  std::vector<const v1::StageTransition*> accepted;
  for (const v1::StageTransition& step : cycle.transitions()) {
    if (step.state() == v1::TRANSITION_STATE_ACCEPTED) accepted.push_back(&step);
  }
  const auto when = [](const v1::StageTransition* step) {
    return std::make_tuple(step->at().seconds(), step->at().nanos(), step->SerializeAsString());
  };
  std::sort(accepted.begin(), accepted.end(),
            [&](const auto* a, const auto* b) { return when(a) < when(b); });
  return accepted;
}

v1::CycleStage PresentStage(const v1::ImprovementCycle& cycle) {
  const auto accepted = AcceptedTransitions(cycle);
  return accepted.empty() ? v1::CYCLE_STAGE_RESEARCH : accepted.back()->to();
}

std::string StageWords(v1::CycleStage stage) {
  std::string name = v1::CycleStage_Name(stage);
  constexpr std::string_view kPrefix = "CYCLE_STAGE_";
  if (name.rfind(kPrefix, 0) == 0) name.erase(0, kPrefix.size());
  for (char& c : name) c = c == '_' ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::vector<MissingNeed> MissingAtGate(const v1::ImprovementCycle& cycle, v1::CycleStage stage,
                                       const std::vector<std::string>& checklist_done,
                                       const std::string& scope, const std::string& id, RecordView* view) {
  std::vector<MissingNeed> missing;
  const std::shared_ptr<const v1::ImprovementModel> model = ModelOf(cycle, scope, view);
  if (model == nullptr) return missing;
  GatedCycle gated{cycle, scope, {cycle.code()}};
  if (!id.empty()) gated.names.push_back(id);
  for (const v1::StageGate& gate : model->gates()) {
    if (gate.stage() != stage) continue;
    for (const int number : gate.needs()) {
      const auto need = static_cast<v1::GateNeed>(number);
      std::string unmet = UnmetNeed(need, gated, view);
      if (unmet.empty()) continue;
      missing.push_back({std::move(unmet), !view->HoldsAllSites() && IsMetBySites(need, cycle)});
    }
    for (const v1::GateItem& item : gate.checklist()) {
      if (std::count(checklist_done.begin(), checklist_done.end(), item.code()) == 0) {
        missing.push_back({fmt::format("confirm {} ({})", item.code(), item.statement())});
      }
    }
  }
  return missing;
}

void CheckCycle(const v1::ImprovementCycle& cycle, const RuledRecord& record, RecordView* view,
                Findings* found) {
  v1::CycleStage stage = v1::CYCLE_STAGE_RESEARCH;
  const auto accepted = AcceptedTransitions(cycle);
  for (const v1::StageTransition* step : accepted) {
    if (step->from() != v1::CYCLE_STAGE_UNSPECIFIED && step->from() != stage) {
      found->push_back({"stage-left-twice", "transitions",
                        fmt::format("a transition leaves {} when the cycle stood in {}: two people may have "
                                    "advanced it apart from each other; agree on the stage and record it",
                                    StageWords(step->from()), StageWords(stage))});
    }
    stage = step->to();
  }
  if (accepted.empty()) return;
  const v1::StageTransition& last = *accepted.back();
  const std::vector<MissingNeed> missing =
      MissingAtGate(cycle, last.from(), {last.checklist_done().begin(), last.checklist_done().end()},
                    record.scope, record.id, view);
  if (missing.empty() || last.to() < last.from()) return;
  found->push_back({"gate-passed-incomplete", "transitions",
                    fmt::format("{} was closed without what its gate needs: {}", StageWords(last.from()),
                                Joined(missing))});
}

void CheckTransitions(const v1::ImprovementCycle& cycle, const v1::ImprovementCycle& before, bool by_district,
                      const RuledRecord& record, RecordView* view, Findings* found) {
  const v1::CycleStage stage = PresentStage(before);
  for (const v1::StageTransition* step : NewTransitions(cycle, before)) {
    if (step->state() != v1::TRANSITION_STATE_PROPOSED && !by_district) {
      Refuse(found, "gate-not-yours",
             "a site proposes (TRANSITION_STATE_PROPOSED); the district accepts or declines");
      continue;
    }
    if (step->state() == v1::TRANSITION_STATE_DECLINED) continue;
    if (step->from() != stage) {
      Refuse(found, "stage-out-of-order",
             fmt::format("the cycle stands in {}: give from as {}", StageWords(stage),
                         v1::CycleStage_Name(stage)));
      continue;
    }
    if (step->to() == stage || step->to() > stage + 1) {
      Refuse(found, "stage-out-of-order",
             fmt::format("after {} comes {}; a cycle may also go back, but skips no stage", StageWords(stage),
                         StageWords(static_cast<v1::CycleStage>(stage + 1))));
      continue;
    }
    if (step->to() < stage) continue;
    const std::vector<MissingNeed> missing =
        MissingAtGate(cycle, stage, {step->checklist_done().begin(), step->checklist_done().end()},
                      record.scope, record.id, view);
    for (const MissingNeed& one : missing) {
      found->push_back(
          {"gate-closed", "transitions",
           one.perhaps_elsewhere
               ? fmt::format("{}: not seen here; the district will ask: {}", StageWords(stage), one.what)
               : fmt::format("{} cannot close yet: {}", StageWords(stage), one.what),
           !one.perhaps_elsewhere});
    }
  }
}

}  // namespace trellis
