#include "common/rules/gate_needs.h"

#include <fmt/format.h>

#include <algorithm>

#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/activity.pb.h"
#include "trellis/domain/v1/metric.pb.h"
#include "trellis/domain/v1/participation.pb.h"
#include "trellis/domain/v1/theory_of_action.pb.h"
#include "trellis/domain/v1/wave.pb.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;

template <typename KindT>
const KindT* As(const std::optional<ViewedRecord>& record) {
  return record ? dynamic_cast<const KindT*>(record->message.get()) : nullptr;
}

// Whether any of the records of a kind that name the cycle fulfils it.
template <typename KindT, typename Test>
bool AnyNaming(const std::string& field, const std::vector<std::string>& names, RecordView* view, Test test) {
  for (const ViewedRecord& record : view->Holding(KindT::descriptor()->name(), field, names)) {
    const auto* message = dynamic_cast<const KindT*>(record.message.get());
    if (message != nullptr && test(*message, record)) return true;
  }
  return false;
}

// All that references to the cycle's survey may say.
std::vector<std::string> SurveyNames(const GatedCycle& gated, RecordView* view) {
  const std::optional<ViewedRecord> survey = view->Find("Survey", gated.cycle.survey(), gated.scope);
  return survey ? NamesOf(*survey) : std::vector<std::string>{};
}

bool HasBaseline(const GatedCycle& gated, RecordView* view) {
  const auto& metrics = gated.cycle.metrics();
  const bool measured =
      !metrics.empty() && std::all_of(metrics.begin(), metrics.end(), [&](const std::string& name) {
        const auto record = view->Find("Metric", name, gated.scope);
        const auto* metric = As<v1::Metric>(record);
        return metric != nullptr && metric->has_baseline();
      });
  if (measured || gated.cycle.survey().empty()) return measured;
  return AnyNaming<v1::Wave>("survey", SurveyNames(gated, view), view, [](const v1::Wave& wave, const auto&) {
    const bool opened = wave.state() == v1::WAVE_STATE_OPEN || wave.state() == v1::WAVE_STATE_CLOSED;
    return opened && (wave.phase() == v1::WAVE_PHASE_BASELINE || wave.phase() == v1::WAVE_PHASE_BEFORE);
  });
}

bool HasMeasurement(const GatedCycle& gated, RecordView* view) {
  for (const std::string& name : gated.cycle.metrics()) {
    const auto record = view->Find("Metric", name, gated.scope);
    const auto* metric = As<v1::Metric>(record);
    if (metric == nullptr) continue;
    for (const v1::Measurement& taken : metric->measurements()) {
      if (taken.date() >= gated.cycle.begin_date()) return true;
    }
  }
  return AnyNaming<v1::Wave>(
      "survey", SurveyNames(gated, view), view, [&](const v1::Wave& wave, const auto&) {
        return wave.state() == v1::WAVE_STATE_CLOSED && wave.close_date() >= gated.cycle.begin_date();
      });
}

bool StepIsOpen(const v1::ActionStep& step) {
  return step.state() != v1::ACTION_STEP_STATE_DONE && step.state() != v1::ACTION_STEP_STATE_DROPPED;
}

bool SomebodyTookPart(const GatedCycle& gated, RecordView* view) {
  return AnyNaming<v1::Activity>("cycles", gated.names, view, [&](const auto&, const ViewedRecord& activity) {
    const auto attended = [](const v1::Participation& part, const auto&) {
      return part.state() == v1::PARTICIPATION_STATE_ATTENDED ||
             part.state() == v1::PARTICIPATION_STATE_PARTIALLY_ATTENDED ||
             part.state() == v1::PARTICIPATION_STATE_COMPLETED;
    };
    const std::vector<std::string> names = NamesOf(activity);
    if (AnyNaming<v1::Participation>("activity", names, view, attended)) return true;
    return AnyNaming<v1::Session>("activity", names, view, [&](const auto&, const ViewedRecord& session) {
      return AnyNaming<v1::Participation>("session", NamesOf(session), view, attended);
    });
  });
}

bool HasEvidence(const GatedCycle& gated, RecordView* view) {
  for (const std::string& name : gated.cycle.theories_of_action()) {
    const auto record = view->Find("TheoryOfAction", name, gated.scope);
    const auto* theory = As<v1::TheoryOfAction>(record);
    if (theory == nullptr) continue;
    if (theory->evidence_size() > 0 || !view->Holding("Evidence", "theory", NamesOf(*record)).empty())
      return true;
  }
  return false;
}

bool IsBlocking(const v1::Obstacle& obstacle) {
  return obstacle.state() == v1::OBSTACLE_STATE_OPEN && obstacle.severity() == v1::OBSTACLE_SEVERITY_BLOCKING;
}

bool IsBlocked(const GatedCycle& gated, RecordView* view) {
  const auto& own = gated.cycle.obstacles();
  return std::any_of(own.begin(), own.end(), IsBlocking) ||
         AnyNaming<v1::Obstacle>("cycle", gated.names, view, [](const v1::Obstacle& obstacle, const auto&) {
           return IsBlocking(obstacle);
         });
}

std::string Unless(bool met, const char* what) { return met ? "" : what; }

// Needs that stand in the cycle itself.
std::optional<std::string> UnmetInCycle(v1::GateNeed need, const v1::ImprovementCycle& cycle) {
  switch (need) {
    case v1::GATE_NEED_AIM:
      return Unless(!cycle.aim().empty(), "write the aim");
    case v1::GATE_NEED_NEED:
      return Unless(!cycle.needs().empty(), "name at least one need (needs)");
    case v1::GATE_NEED_GOAL:
      return Unless(!cycle.goals().empty(), "name at least one goal (goals)");
    case v1::GATE_NEED_CHANGE_IDEA:
      return Unless(!cycle.change_idea().empty(), "write the change idea (changeIdea)");
    case v1::GATE_NEED_PREDICTION:
      return Unless(!cycle.prediction().empty(), "write the prediction");
    case v1::GATE_NEED_METRIC:
      return Unless(!cycle.metrics().empty(), "name at least one metric (metrics)");
    case v1::GATE_NEED_THEORY_OF_ACTION:
      return Unless(!cycle.theories_of_action().empty(),
                    "name at least one theory of action (theoriesOfAction)");
    case v1::GATE_NEED_WHAT_HAPPENED:
      return Unless(!cycle.what_happened().empty(), "write what happened (whatHappened)");
    case v1::GATE_NEED_LEARNED:
      return Unless(!cycle.learned().empty(), "write what was learned (learned)");
    case v1::GATE_NEED_PREDICTION_RESULT:
      return Unless(cycle.prediction_result() != 0,
                    "say whether the prediction came true (predictionResult)");
    case v1::GATE_NEED_DECISION:
      return Unless(cycle.decision() != 0, "decide: adopt, adapt or abandon (decision)");
    case v1::GATE_NEED_NEXT_ACTIONS:
      return Unless(cycle.next_actions_size() > 0, "name at least one next action (nextActions)");
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string UnmetNeed(v1::GateNeed need, const GatedCycle& gated, RecordView* view) {
  const auto any_step = [&](auto test) {
    return AnyNaming<v1::ActionStep>("cycle", gated.names, view, test);
  };
  if (const std::optional<std::string> unmet = UnmetInCycle(need, gated.cycle)) return *unmet;
  switch (need) {
    case v1::GATE_NEED_OWNER:
      return Unless(!gated.cycle.owner().empty() && view->Find("Staff", gated.cycle.owner(), gated.scope),
                    "name an owner who is on the staff (owner)");
    case v1::GATE_NEED_BASELINE:
      return Unless(HasBaseline(gated, view),
                    "give each metric its baseline, or open a baseline wave of the survey");
    case v1::GATE_NEED_ACTION_STEPS:
      return Unless(any_step([](const v1::ActionStep& step, const auto&) {
                      return !step.owner().empty() && !step.due_date().empty();
                    }),
                    "enter at least one action step of the cycle, with owner and due date");
    case v1::GATE_NEED_ACTION_STEPS_DONE:
      return Unless(!any_step([](const v1::ActionStep& step, const auto&) { return StepIsOpen(step); }),
                    "finish or drop the action steps that are open");
    case v1::GATE_NEED_ACTIVITY:
      return Unless(!view->Holding("Activity", "cycles", gated.names).empty(),
                    "enter at least one activity of the cycle");
    case v1::GATE_NEED_PARTICIPATION:
      return Unless(SomebodyTookPart(gated, view), "enter who took part in the cycle's activities");
    case v1::GATE_NEED_MEASUREMENT:
      return Unless(HasMeasurement(gated, view), "measure a metric, or close a wave of the survey");
    case v1::GATE_NEED_EVIDENCE:
      return Unless(HasEvidence(gated, view), "enter evidence on one of the theories of action");
    case v1::GATE_NEED_OBSTACLES_ADDRESSED:
      return Unless(!IsBlocked(gated, view), "mitigate or resolve the obstacles that block");
    default:
      // A need a newer model knows: nothing can be said about it here.
      return "";
  }
}

}  // namespace trellis
