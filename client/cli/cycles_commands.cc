// cycles: list, advance.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "client/cli/command_line.h"
#include "client/cli/printer.h"
#include "client/cli/typed_record.h"
#include "common/rules/cycle_gates.h"
#include "trellis/domain/v1/cycle.pb.h"

namespace trellis {
namespace {

namespace v1 = domain::v1;

struct CycleFlags {
  std::string id;
  std::string scope;
  std::string to;
  std::string note;
  std::string snapshot;
  std::vector<std::string> done;
  bool propose = false;
  bool accept = false;
  bool decline = false;
  bool validate_only = false;
};

// The newest proposal that nobody has answered yet; null: none.
const v1::StageTransition* OpenProposal(const v1::ImprovementCycle& cycle) {
  const v1::StageTransition* proposal = nullptr;
  const auto later = [](const v1::StageTransition& a, const v1::StageTransition& b) {
    return std::make_pair(a.at().seconds(), a.at().nanos()) >
           std::make_pair(b.at().seconds(), b.at().nanos());
  };
  for (const v1::StageTransition& step : cycle.transitions()) {
    if (step.state() != v1::TRANSITION_STATE_PROPOSED) continue;
    if (proposal == nullptr || later(step, *proposal)) proposal = &step;
  }
  if (proposal == nullptr) return nullptr;
  const bool answered = std::any_of(
      cycle.transitions().begin(), cycle.transitions().end(), [&](const v1::StageTransition& step) {
        return step.state() != v1::TRANSITION_STATE_PROPOSED && later(step, *proposal);
      });
  return answered ? nullptr : proposal;
}

absl::Status List(CommandLine& line, const CycleFlags& flags) {
  const auto cycles = ListTyped<v1::ImprovementCycle>(line, flags.scope, "");
  if (!cycles.ok()) return cycles.status();
  const std::string today = absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone());
  TextTable table({"cycle", "title", "stage", "since", "next gate", "waiting"});
  for (const auto& cycle : *cycles) {
    if (line.json()) {
      line.out() << ToJson(cycle.record) << '\n';
      continue;
    }
    const v1::CycleStage stage = PresentStage(cycle.data);
    const auto accepted = AcceptedTransitions(cycle.data);
    std::string gate;
    for (const v1::PlannedGate& planned : cycle.data.planned_gates()) {
      if (planned.stage() <= stage || (!gate.empty() && planned.due_date() >= gate)) continue;
      gate = planned.due_date();
    }
    const v1::StageTransition* proposal = OpenProposal(cycle.data);
    table.Add({cycle.data.code(), cycle.data.title(), StageWords(stage),
               accepted.empty() ? cycle.data.begin_date() : ToText(accepted.back()->at()).substr(0, 10),
               gate + (!gate.empty() && gate < today ? " overdue" : ""),
               proposal != nullptr ? "proposed: " + StageWords(proposal->to()) : ""});
  }
  if (!line.json()) table.Print(line.out());
  return absl::OkStatus();
}

absl::StatusOr<v1::CycleStage> StageNamed(const std::string& text) {
  std::string name = "CYCLE_STAGE_" + text;
  for (char& c : name)
    c = c == '-' || c == ' ' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  v1::CycleStage stage;
  if (v1::CycleStage_Parse(name, &stage)) return stage;
  return absl::InvalidArgumentError(fmt::format(
      "{} is no stage: research, identify-strategies, implement, evaluate-results, review-data or closed",
      text));
}

// At a daemon a shared cycle's step is proposed; the district, and a site for its own cycle, decide.
v1::TransitionState StateAsked(CommandLine& line, const CycleFlags& flags,
                               const records::v1::Record& record) {
  if (flags.decline) return v1::TRANSITION_STATE_DECLINED;
  if (flags.accept) return v1::TRANSITION_STATE_ACCEPTED;
  const bool at_site = line.AddressText().rfind("unix:", 0) == 0;
  return flags.propose || (at_site && record.scope() == "shared") ? v1::TRANSITION_STATE_PROPOSED
                                                                  : v1::TRANSITION_STATE_ACCEPTED;
}

absl::StatusOr<v1::StageTransition> StepAsked(CommandLine& line, const CycleFlags& flags,
                                              const TypedRecord<v1::ImprovementCycle>& cycle) {
  v1::StageTransition step;
  const v1::CycleStage stage = PresentStage(cycle.data);
  const v1::StageTransition* proposal = OpenProposal(cycle.data);
  if (flags.accept || flags.decline) {
    if (proposal == nullptr) {
      return absl::FailedPreconditionError(fmt::format("nothing is proposed for {}", cycle.data.code()));
    }
    step = *proposal;
    step.clear_note();
  } else {
    step.set_from(stage);
    step.set_to(static_cast<v1::CycleStage>(std::min<int>(stage + 1, v1::CYCLE_STAGE_CLOSED)));
    if (!flags.to.empty()) {
      const auto to = StageNamed(flags.to);
      if (!to.ok()) return to.status();
      step.set_to(*to);
    }
  }
  const int64_t now_ms = absl::ToUnixMillis(absl::Now());
  step.mutable_at()->set_seconds(now_ms / 1000);
  step.mutable_at()->set_nanos(static_cast<int32_t>(now_ms % 1000) * 1'000'000);
  step.set_state(StateAsked(line, flags, cycle.record));
  for (const std::string& item : flags.done) step.add_checklist_done(item);
  if (!flags.note.empty()) step.set_note(flags.note);
  if (!flags.snapshot.empty()) step.set_snapshot(flags.snapshot);
  return step;
}

absl::Status Advance(CommandLine& line, const CycleFlags& flags) {
  const auto cycle = GetTyped<v1::ImprovementCycle>(line, flags.id, flags.scope);
  if (!cycle.ok()) return cycle.status();
  const auto step = StepAsked(line, flags, *cycle);
  if (!step.ok()) return step.status();
  v1::ImprovementCycle change;
  *change.mutable_transitions() = cycle->data.transitions();
  *change.add_transitions() = *step;
  const auto advanced = ChangeTyped(line, *cycle, change, flags.validate_only);
  if (!advanced.ok()) return advanced.status();
  WarnOf(line, advanced->findings());
  if (line.json()) {
    line.out() << ToJson(advanced->record()) << '\n';
  } else {
    line.out() << fmt::format("{}: {} {}{}\n", flags.id,
                              PlainCode(v1::TransitionState_Name(step->state()), "TRANSITION_STATE_"),
                              StageWords(step->to()), flags.validate_only ? " would be taken" : "");
  }
  return absl::OkStatus();
}

}  // namespace

void AddCyclesCommands(CLI::App& app, CommandLine& line) {
  CLI::App* cycles = app.add_subcommand("cycles", "Improvement cycles and their stages");
  cycles->require_subcommand(1);
  const auto flags = std::make_shared<CycleFlags>();
  CLI::App* list = cycles->add_subcommand("list", "Every cycle: its stage, its next gate, what is proposed");
  list->add_option("--scope", flags->scope);
  list->callback(line.Command([&line, flags] { return List(line, *flags); }));

  CLI::App* advance = cycles->add_subcommand(
      "advance",
      "Close the present stage, if its gate has what it needs; a site proposes, the district accepts");
  advance->add_option("ID", flags->id, "id or code")->required();
  advance->add_option("--scope", flags->scope);
  advance->add_option("--to", flags->to, "the stage; the next one unless given");
  advance->add_option("--done", flags->done,
                      "an item of the gate's checklist that is confirmed; may be repeated");
  advance->add_option("--note", flags->note, "why");
  advance->add_option("--snapshot", flags->snapshot, "the report snapshot frozen at the gate");
  advance->add_flag("--propose", flags->propose, "only propose it");
  advance->add_flag("--validate-only", flags->validate_only, "only say what the gate still needs");
  CLI::Option* accept = advance->add_flag("--accept", flags->accept, "take what was proposed");
  advance->add_flag("--decline", flags->decline, "turn down what was proposed")->excludes(accept);
  advance->callback(line.Command([&line, flags] { return Advance(line, *flags); }));
}

}  // namespace trellis
