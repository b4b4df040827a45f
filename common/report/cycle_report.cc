// The cycle report: one cycle's status (R23), its metrics against targets, change on its constructs (R5),
// disaggregation (R8), participation (R10), dosage (R11) and uptake (R12), verdicts on its theories of action
// (R22), needs (R9) with the next actions they suggest, and how complete the data is. Each row's group begins
// with its section.
#include <fmt/format.h>

#include "common/report/calendar.h"
#include "common/report/cycle_metrics.h"
#include "common/report/cycle_status.h"
#include "common/report/next_actions.h"
#include "common/report/report_definitions.h"
#include "common/report/report_frame.h"

namespace trellis {
namespace {

absl::StatusOr<const CycleFact*> SelectCycle(const ReportParameters& parameters, const ReportInput& input) {
  const std::string name = NamedParameter(parameters, "cycle");
  const auto cycles = SelectCycles(name, parameters.site, input);
  if (!cycles.ok()) return cycles.status();
  if (cycles->size() == 1) return (*cycles)[0];
  if (cycles->empty()) return absl::NotFoundError("there is no improvement cycle here yet; create one first");
  std::string codes;
  for (const CycleFact* cycle : *cycles) codes += (codes.empty() ? "" : ", ") + cycle->code;
  return absl::InvalidArgumentError(
      fmt::format("say which cycle with --param cycle=CODE; there are {}", codes));
}

// The latest wave linked to the cycle, else the latest of its survey.
const WaveDefinition* LatestWaveOf(const CycleFact& cycle, const ReportParameters& parameters,
                                   const ReportInput& input) {
  if (!parameters.wave.empty()) return input.FindWave(parameters.wave);
  const WaveDefinition* latest = nullptr;
  for (const WaveDefinition& wave : input.waves) {
    if (wave.cycle != cycle.id) continue;
    if (latest == nullptr ||
        std::pair(latest->open_date, latest->code) < std::pair(wave.open_date, wave.code)) {
      latest = &wave;
    }
  }
  return latest != nullptr ? latest : LatestWave(input, cycle.survey);
}

void AddSection(const char* section, std::vector<ReportRow> rows, Report* report) {
  for (ReportRow& row : rows) {
    row.group.insert(row.group.begin(), {"section", section});
    report->rows.push_back(std::move(row));
  }
}

void AddReport(const char* section, absl::StatusOr<Report> part, Report* report) {
  if (!part.ok()) {
    report->notes.push_back(
        fmt::format("{}: not here, because {}.", section, std::string(part.status().message())));
    return;
  }
  AddSection(section, std::move(part->rows), report);
  for (const std::string& note : part->notes) report->notes.push_back(fmt::format("{}: {}", section, note));
  for (const auto& threshold : part->thresholds) {
    const std::string name = fmt::format("{}.{}", part->name, threshold.first);
    report->thresholds.emplace_back(name, threshold.second);
  }
}

void AddSurveySections(const CycleFact& cycle, const WaveDefinition& wave, const ReportParameters& parameters,
                       const ReportInput& input, Report* report) {
  ReportParameters of_wave = parameters;
  of_wave.survey.clear();
  of_wave.wave = wave.id;
  of_wave.by.clear();
  of_wave.named.clear();
  if (!cycle.constructs.empty())
    of_wave.named["construct"] = fmt::format("{}", fmt::join(cycle.constructs, ","));
  ReportParameters breakdown = of_wave;
  breakdown.by = parameters.by;
  if (breakdown.by.empty() && wave.plan.empty()) breakdown.by = {"site"};
  const std::string from = NamedParameter(parameters, "from");
  if (!from.empty()) of_wave.named["from"] = from;
  AddReport("change", WaveChangeReport(of_wave, input), report);
  AddReport("disaggregation", DisaggregationReport(breakdown, input), report);
  ReportParameters ranked = of_wave;
  auto ranking = NeedRankingReport(ranked, input);
  if (ranking.ok()) AddSection("next actions", SuggestedActions(*ranking, wave, of_wave, input), report);
  AddReport("needs", std::move(ranking), report);
}

ReportRow CompletenessRow(const Report& report) {
  std::vector<std::string> missing;
  uint64_t set_aside = 0;
  for (const SiteCut& site : report.cut.sites) {
    set_aside += site.set_aside;
    if (site.missing_since_ms) {
      missing.push_back(fmt::format("{} since {}", site.site, FormatMoment(*site.missing_since_ms)));
    }
  }
  ReportCell behind = ReportCell::Count(static_cast<int64_t>(missing.size()));
  behind.text = fmt::format("{}", fmt::join(missing, "; "));
  return {{},
          {{"complete", ReportCell::Text(report.cut.complete ? "yes" : "no")},
           {"sites", ReportCell::Count(static_cast<int64_t>(report.cut.sites.size()))},
           {"sitesMissing", behind},
           {"setAside", ReportCell::Count(static_cast<int64_t>(set_aside))},
           {"notYetShown", ReportCell::Count(report.pending_not_shown)}}};
}

}  // namespace

absl::StatusOr<Report> CycleReport(const ReportParameters& parameters, const ReportInput& input) {
  const auto selected = SelectCycle(parameters, input);
  if (!selected.ok()) return selected.status();
  const CycleFact& cycle = **selected;
  if (!parameters.wave.empty() && input.FindWave(parameters.wave) == nullptr) {
    return absl::NotFoundError(fmt::format("there is no wave '{}' here", parameters.wave));
  }
  const ReportThresholds thresholds = ReportThresholds::For("cycle", input.thresholds);
  Report report = StartReport("cycle", parameters, input);
  report.title = fmt::format("{}: {}", report.title, cycle.title);
  if (NamedParameter(parameters, "cycle").empty()) report.parameters.emplace_back("cycle", cycle.code);
  report.estimator = "as each section's own report";
  AddSection("status", {CycleStatusRow(cycle, input, parameters.moment_ms())}, &report);
  AddSection("metrics", MetricRows(cycle, parameters, input, static_cast<int64_t>(thresholds.min_n_staff)),
             &report);
  if (const WaveDefinition* wave = LatestWaveOf(cycle, parameters, input)) {
    report.parameters.emplace_back("wave", wave->code);
    AddSurveySections(cycle, *wave, parameters, input, &report);
  } else if (!cycle.survey.empty()) {
    report.notes.push_back("change, disaggregation: the cycle's survey has no wave yet.");
  }
  ReportParameters learning = parameters;
  learning.named.clear();
  learning.by.clear();
  AddReport("participation", ParticipationReport(learning, input), &report);
  ReportParameters dosage = learning;
  dosage.survey = cycle.survey;
  AddReport("dosage", DosageOutcomeReport(dosage, input), &report);
  AddReport("uptake", UptakeReport(learning, input), &report);
  if (!cycle.theories.empty()) {
    ReportParameters verdicts = learning;
    verdicts.named["theory"] = fmt::format("{}", fmt::join(cycle.theories, ","));
    AddReport("verdicts", TheoryEvidenceReport(verdicts, input), &report);
  }
  AddSection("completeness", {CompletenessRow(report)}, &report);
  return report;
}

}  // namespace trellis
